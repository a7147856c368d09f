// Texts, bytes, and what the portal expects of them.

export const bytesOf = (text) => new TextEncoder().encode(text);

export function base64url(content) {
  const letters = Array.from(new Uint8Array(content), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function fromBase64url(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

export const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

export const sha256 = (text) => crypto.subtle.digest("SHA-256", bytesOf(text));

export const encodedJson = (content) => base64url(bytesOf(JSON.stringify(content)));

export const decodedJson = (text) => JSON.parse(new TextDecoder().decode(fromBase64url(text)));
