// Un site en Node.js raccordé par SAML 2.0, avec @node-saml/node-saml : se connecter, savoir qui vient, se déconnecter.
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml'

export function portal({ site, portal, portalCertificate, key, certificate }) {
  return new SAML({
    issuer: `${site}/description`,
    callbackUrl: `${site}/retour`,
    // Le portail : ses adresses et son certificat sont dans https://portail.example/saml/metadata.
    idpIssuer: `${portal}/saml/metadata`,
    entryPoint: `${portal}/saml/sso`,
    logoutUrl: `${portal}/saml/slo`,
    logoutCallbackUrl: `${site}/deconnexion`,
    idpCert: portalCertificate,
    // La clé de ce site : elle signe ses demandes, et ouvre les réponses chiffrées pour lui.
    privateKey: key,
    publicCert: certificate,
    decryptionPvk: key,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    wantAuthnResponseSigned: true,
    wantAssertionsSigned: true,
    identifierFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    // La force de la connexion est l'affaire du portail.
    disableRequestedAuthnContext: true,
    // Nul n'entre par une réponse que ce site n'a pas demandée.
    validateInResponseTo: ValidateInResponseTo.always,
    audience: `${site}/description`
  })
}

// La description de ce site, à donner au portail. node-saml ne sait lire la réponse à une déconnexion que par Redirect.
export function description(saml, certificate) {
  const written = saml.generateServiceProviderMetadata(certificate, certificate)
  return written.replace(/(<SingleLogoutService Binding="[^"]*:)HTTP-POST"/, '$1HTTP-Redirect"')
}
