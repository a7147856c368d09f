// A web server around the documentation's example of node-saml: one site, sessions in memory.
// `node saml.mjs DESCRIPTION`: {port, example, settings} in JSON.
import http from 'node:http'
import { randomUUID } from 'node:crypto'

const described = JSON.parse(process.argv[2])
const { portal: connect, description } = await import(described.example)
const saml = connect(described.settings)
const sessions = new Map()

const pages = {
  '/healthz': async () => ({ body: 'ok' }),
  '/description': async () => ({ xml: description(saml, described.settings.certificate) }),
  '/': async ({ session }) =>
    session.entered
      ? { body: session.entered }
      : { location: await saml.getAuthorizeUrlAsync(JSON.stringify({ page: '/saml/' }), undefined, {}) },
  '/retour': async ({ form, session }) => {
    const { profile } = await saml.validatePostResponseAsync(form)
    session.entered = profile
    return { location: JSON.parse(form.RelayState).page }
  },
  '/quitter': async ({ session }) => {
    const location = await saml.getLogoutUrlAsync(session.entered, '', {})
    delete session.entered
    return { location }
  },
  '/deconnexion': async ({ url, session }) => {
    const query = Object.fromEntries(url.searchParams)
    const { profile } = await saml.validateRedirectAsync(query, url.search.slice(1))
    if (!query.SAMLRequest) return { body: { left: true } }
    if (session.entered?.nameID === profile.nameID) delete session.entered
    return { location: await saml.getLogoutResponseUrlAsync(profile, query.RelayState ?? '', {}, true) }
  }
}

async function answer(request) {
  const url = new URL(request.url, `http://${request.headers.host}`)
  const page = pages[url.pathname.replace('/saml/', '/')]
  if (!page) return { status: 404 }
  let body = ''
  for await (const part of request) body += part
  const key = /site=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? randomUUID()
  if (!sessions.has(key)) sessions.set(key, {})
  const given = { session: sessions.get(key), url, form: Object.fromEntries(new URLSearchParams(body)) }
  return { ...(await page(given)), cookie: `site=${key}; Path=/; HttpOnly` }
}

const server = http.createServer(async (request, response) => {
  let said
  try {
    said = await answer(request)
  } catch (error) {
    said = { status: 403, body: { refused: error.message } }
  }
  const headers = { 'Content-Type': said.xml ? 'application/xml' : 'application/json' }
  if (said.cookie) headers['Set-Cookie'] = said.cookie
  if (said.location) headers.Location = said.location
  response.writeHead(said.status ?? (said.location ? 303 : 200), headers)
  response.end(said.xml ?? JSON.stringify(said.body ?? null))
})
server.listen(described.port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
