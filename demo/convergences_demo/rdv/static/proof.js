// The key to which tokens are bound (RFC 9449). The browser makes it, keeps it, and lets nobody read it, us included.

import { base64url, bytesOf, encodedJson, random, sha256 } from "./encoding.js";

const DATABASE = "rdv";
const STORE = "keys";
const NAME = "proof";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };

let held = null;

function inStore(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => { opening.result.close(); resolve(request.result); };
      transaction.onerror = () => reject(transaction.error);
    };
  });
}

async function key() {
  held ??= await inStore("readonly", (store) => store.get(NAME));
  if (!held) {
    held = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
    await inStore("readwrite", (store) => store.put(held, NAME));
  }
  return held;
}

/** Forget the key: what was bound to it is worth nothing any more. */
export async function forget() {
  held = null;
  await inStore("readwrite", (store) => store.delete(NAME));
}

/** Return the proof that goes with one request; `token` is named in it when one goes along. */
export async function proof({ method, address, nonce, token }) {
  const { privateKey, publicKey } = await key();
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const header = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
  const { origin, pathname } = new URL(address);
  const claims = { jti: random(), htm: method, htu: origin + pathname, iat: Math.floor(Date.now() / 1000) };
  if (nonce) claims.nonce = nonce;
  if (token) claims.ath = base64url(await sha256(token));
  const signed = `${encodedJson(header)}.${encodedJson(claims)}`;
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, bytesOf(signed));
  return `${signed}.${base64url(signature)}`;
}
