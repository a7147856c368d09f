// Is this ID token of our portal, for us, of now, and the answer to what we asked? (OpenID Connect Core, 3.1.3.7)

import { base64url, bytesOf, decodedJson, fromBase64url, sha256 } from "./encoding.js";

const LEEWAY = 60;

/** Return the claims of an ID token; throws an Error that names what is wrong. */
export async function validated(token, { issuer, clientId, nonce, accessToken, keys }) {
  const parts = token.split(".");
  must(parts.length === 3, "malformed");
  const [header, claims] = parts.slice(0, 2).map(decodedJson);
  // The algorithm is ours to choose, not the token's (RFC 8725, 3.1).
  must(header.alg === "ES256" && !header.crit, "algorithm");
  const known = (await keys()).filter((each) => each.kid === header.kid && each.kty === "EC" && each.crv === "P-256");
  must(known.length === 1, "key");
  must(await isSigned(parts, known[0]), "signature");
  const now = Date.now() / 1000;
  must(claims.iss === issuer, "issuer");
  must(claims.aud === clientId || (Array.isArray(claims.aud) && claims.aud.includes(clientId) && claims.azp === clientId), "audience");
  must(claims.exp > now - LEEWAY && claims.iat < now + LEEWAY, "dates");
  must(typeof nonce === "string" && claims.nonce === nonce, "nonce");
  must(claims.at_hash === base64url((await sha256(accessToken)).slice(0, 16)), "at_hash");
  return claims;
}

async function isSigned([header, claims, signature], { kty, crv, x, y }) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, fromBase64url(signature), bytesOf(`${header}.${claims}`));
}

function must(holds, what) {
  if (!holds) throw new Error(`id_token: ${what}`);
}
