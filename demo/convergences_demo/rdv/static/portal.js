// The portal, as a public client sees it: code and PKCE, tokens bound to a key, kept in memory and nowhere else.

import { base64url, random, sha256 } from "./encoding.js";
import { validated } from "./id_token.js";
import { forget, proof } from "./proof.js";

const SCOPE = "openid profile email";
const PATIENCE_MS = 10_000;
const BEFORE_END_S = 30;

/** The portal says no, by one of its words. `prompt` is how it was asked. */
export class Refused extends Error {
  constructor(word, prompt = "") {
    super(word);
    this.word = word;
    this.prompt = prompt;
  }
}

/** The portal does not answer. */
export class Unreachable extends Error {}

/** What was open is over: the session, or the right. */
export class Over extends Error {}

export class Portal {
  #settings; #metadata; #nonce = ""; #tokens = null; #renewing = null;

  constructor(settings) {
    this.#settings = settings;
  }

  /** Read where everything is; throws `Unreachable`, or `Refused` when another answers in the portal's place. */
  async discover() {
    const { issuer } = this.#settings;
    this.#metadata = await this.#document(`${issuer}/.well-known/openid-configuration`);
    if (this.#metadata.issuer !== issuer) throw new Refused("invalid_issuer");
  }

  /** Send the whole page to the portal. `prompt: "none"` shows nothing to anybody, and comes back at once. */
  async signIn({ prompt = "", here = "" } = {}) {
    const asked = { state: random(), nonce: random(), verifier: random() };
    sessionStorage.setItem(`asked:${asked.state}`, JSON.stringify({ ...asked, prompt, here }));
    const address = new URL(this.#metadata.authorization_endpoint);
    address.search = new URLSearchParams({
      response_type: "code",
      client_id: this.#settings.client_id,
      redirect_uri: this.#wayBack,
      scope: SCOPE,
      state: asked.state,
      nonce: asked.nonce,
      code_challenge: base64url(await sha256(asked.verifier)),
      code_challenge_method: "S256",
      ...(prompt && { prompt }),
    });
    // Nothing of ours is left behind in the history: « back » leads where the reader came from.
    if (prompt) location.replace(address); else location.assign(address);
    return new Promise(() => {});
  }

  /** Take the answer that the address holds; return where the reader was. Throws `Refused`, `Unreachable`. */
  async receive(answer) {
    const name = `asked:${answer.get("state") ?? ""}`;
    const asked = JSON.parse(sessionStorage.getItem(name) ?? "null");
    sessionStorage.removeItem(name);
    if (!asked) throw new Refused("unknown_state");
    // RFC 9207: an answer of another server must not make us give it this one's code.
    if (answer.get("iss") !== this.#metadata.issuer) throw new Refused("invalid_issuer");
    if (answer.has("error")) throw new Refused(answer.get("error"), asked.prompt);
    const given = await this.#token({
      grant_type: "authorization_code",
      code: answer.get("code") ?? "",
      redirect_uri: this.#wayBack,
      code_verifier: asked.verifier,
    });
    await this.#keep(given, asked.nonce);
    return asked.here;
  }

  async #keep(given, nonce) {
    if (given.token_type?.toLowerCase() !== "dpop") throw new Refused("unbound_token");
    try {
      const keys = async () => (await this.#document(this.#metadata.jwks_uri)).keys;
      const { issuer } = this.#metadata;
      const expected = { issuer, clientId: this.#settings.client_id, nonce, accessToken: given.access_token, keys };
      this.signedIn = await validated(given.id_token, expected);
    } catch (error) {
      if (error instanceof Unreachable) throw error;
      throw new Refused("invalid_id_token");
    }
    this.#tokens = this.#dated(given);
  }

  #dated(given) {
    return { ...this.#tokens, ...given, endsAt: Date.now() / 1000 + given.expires_in };
  }

  get isOpen() {
    return this.#tokens !== null;
  }

  /** Ask who is here, now. Throws `Over` when the portal no longer answers for them, `Unreachable`. */
  async who() {
    if (!this.#tokens) throw new Over();
    // One renewal at a time: a refresh token is good once.
    if (this.#tokens.endsAt - BEFORE_END_S < Date.now() / 1000) {
      await (this.#renewing ??= this.#renew().finally(() => { this.#renewing = null; }));
    }
    const answer = await this.#call(this.#metadata.userinfo_endpoint, { token: this.#tokens.access_token });
    if (answer.status === 401 || answer.status === 403) this.#end();
    if (!answer.ok) throw new Unreachable();
    const claims = await answer.json();
    // Core, 5.3.2: what is told of somebody else is not told of who signed in.
    if (claims.sub !== this.signedIn.sub) this.#end();
    return claims;
  }

  async #renew() {
    if (!this.#tokens.refresh_token) this.#end();
    try {
      this.#tokens = this.#dated(await this.#token({ grant_type: "refresh_token", refresh_token: this.#tokens.refresh_token }));
    } catch (error) {
      if (error instanceof Refused) this.#end();
      throw error;
    }
  }

  #end() {
    this.#tokens = null;
    throw new Over();
  }

  /** Give back what was given, forget the key, and send the page to sign out of the portal. */
  async signOut() {
    const { id_token, refresh_token, access_token } = this.#tokens ?? {};
    const token = refresh_token ?? access_token;
    this.#tokens = null;
    if (token) await this.#call(this.#metadata.revocation_endpoint, { form: { token, client_id: this.#settings.client_id } }).catch(() => {});
    await forget();
    const address = new URL(this.#metadata.end_session_endpoint);
    address.search = new URLSearchParams({
      client_id: this.#settings.client_id,
      post_logout_redirect_uri: `${this.#settings.base_url}/au-revoir`,
      ...(id_token && { id_token_hint: id_token }),
    });
    location.assign(address);
  }

  get #wayBack() {
    return `${this.#settings.base_url}/retour`;
  }

  async #token(form) {
    const answer = await this.#call(this.#metadata.token_endpoint, { form: { client_id: this.#settings.client_id, ...form } });
    const content = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(content.error ?? "server_error");
    return content;
  }

  async #document(address) {
    const answer = await reach(address, {});
    if (!answer.ok) throw new Unreachable();
    return answer.json().catch(() => { throw new Unreachable(); });
  }

  /** Call under a proof; once more when the portal wants its nonce in it (RFC 9449, 8 and 9). */
  async #call(address, { form, token }, again = false) {
    const method = form ? "POST" : "GET";
    const headers = { DPoP: await proof({ method, address, nonce: this.#nonce, token }) };
    if (token) headers.Authorization = `DPoP ${token}`;
    const answer = await reach(address, { method, headers, body: form && new URLSearchParams(form) });
    const nonce = answer.headers.get("DPoP-Nonce");
    const isNew = nonce && nonce !== this.#nonce;
    if (isNew) this.#nonce = nonce;
    if (answer.ok || !isNew || again) return answer;
    await answer.text();
    return this.#call(address, { form, token }, true);
  }
}

async function reach(address, request) {
  try {
    // No cookie, no address of ours, no redirection: only what is written here goes, where it is written to go.
    return await fetch(address, {
      ...request, credentials: "omit", referrerPolicy: "no-referrer", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw new Unreachable();
  }
}
