// L’application et le portail. Rien ici ne dépend d’un serveur web : à appeler depuis Express, Fastify, Nest…
import * as client from 'openid-client'
import * as jose from 'jose'

const LOGOUT = 'http://schemas.openid.net/event/backchannel-logout'

export class Portal {
  // issuer, clientId, secret, redirectUri, afterLogout ; le reste selon ce qui est enregistré pour l’application :
  // privateKey (private_key_jwt), pushed (PAR), dpop (DPoP), formPost (réponse par formulaire).
  static async connect(settings, options) {
    const proof = settings.privateKey
      ? client.PrivateKeyJwt(settings.privateKey)
      : client.ClientSecretBasic(settings.secret)
    // L’algorithme enregistré pour l’application : une autre signature est refusée.
    const metadata = { id_token_signed_response_alg: settings.signedBy ?? 'ES256' }
    const issuer = new URL(settings.issuer)
    const config = await client.discovery(issuer, settings.clientId, metadata, proof, options)
    const portal = new Portal()
    const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri))
    return Object.assign(portal, { settings, config, keys, heard: new Map() })
  }

  // 1. Envoyer le navigateur à `address` ; garder `asked` dans sa session.
  async signIn(more = {}) {
    const verifier = client.randomPKCECodeVerifier()
    const asked = { verifier, state: client.randomState(), nonce: client.randomNonce() }
    const parameters = {
      redirect_uri: this.settings.redirectUri,
      scope: 'openid profile email',
      state: asked.state,
      nonce: asked.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(this.settings.formPost ? { response_mode: 'form_post' } : {}),
      ...more,
    }
    const build = this.settings.pushed ? client.buildAuthorizationUrlWithPAR : client.buildAuthorizationUrl
    return { address: await build(this.config, parameters), asked }
  }

  // 2. À l’adresse de retour : `current` est l’URL reçue, ou la `Request` (POST) avec form_post. Rend qui vient
  //    d’entrer ; ouvrir alors une session neuve et y garder tout. Lève une erreur dont `error` est le mot du portail.
  async receive(current, asked) {
    const keyPair = this.settings.dpop ? await client.randomDPoPKeyPair('ES256') : undefined
    const checks = { pkceCodeVerifier: asked.verifier, expectedState: asked.state, expectedNonce: asked.nonce }
    const tokens = await client.authorizationCodeGrant(this.config, current, checks, undefined, this.bound(keyPair))
    const { sub, sid } = tokens.claims()
    const entered = { sub, sid, keyPair, idToken: tokens.id_token, ...kept(tokens) }
    return { ...entered, person: await this.who(entered) }
  }

  // 3. Qui est-ce, aujourd’hui ? Une erreur 401 : la session ou le droit est fini.
  async who({ accessToken, sub, keyPair }) {
    return client.fetchUserInfo(this.config, accessToken, sub, this.bound(keyPair))
  }

  // 4. Avant la fin du jeton (dix minutes). L’erreur invalid_grant : fermer la session.
  async renew(entered) {
    const tokens = await client.refreshTokenGrant(this.config, entered.refreshToken, undefined, this.bound(entered.keyPair))
    return { ...entered, ...kept(tokens) }
  }

  // 5. Fermer la session ici, puis envoyer le navigateur à cette adresse.
  leave({ idToken }) {
    const asked = { id_token_hint: idToken, post_logout_redirect_uri: this.settings.afterLogout }
    return client.buildEndSessionUrl(this.config, asked)
  }

  // 6. Le portail dit (POST, `logout_token`) quelle session est finie : la fermer et répondre 200. Une erreur : 400.
  async told(logoutToken) {
    const { payload } = await jose.jwtVerify(logoutToken, this.keys, {
      issuer: this.config.serverMetadata().issuer,
      audience: this.settings.clientId,
      typ: 'logout+jwt',
      algorithms: [this.settings.signedBy ?? 'ES256'],
      requiredClaims: ['exp', 'iat', 'jti', 'sid', 'events'],
      maxTokenAge: '5 minutes',
      clockTolerance: 60,
    })
    if (!payload.events[LOGOUT] || 'nonce' in payload) throw new Error('pas un jeton de déconnexion')
    this.once(payload.jti)
    return payload.sid
  }

  // Avec plusieurs serveurs, dans un cache commun.
  once(jti) {
    const now = Date.now()
    for (const [known, until] of this.heard) if (until < now) this.heard.delete(known)
    if (this.heard.has(jti)) throw new Error('déjà reçu')
    this.heard.set(jti, now + 600_000)
  }

  bound(keyPair) {
    return keyPair && { DPoP: client.getDPoPHandle(this.config, keyPair) }
  }
}

function kept(tokens) {
  return { accessToken: tokens.access_token, refreshToken: tokens.refresh_token, expiresIn: tokens.expiresIn() }
}
