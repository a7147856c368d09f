// A web server around the example of the documentation: one application by first part of the path, sessions in memory.
// `node server.mjs DESCRIPTION`: {port, example, applications: {name: settings}} in JSON.
import http from 'node:http'
import { randomUUID } from 'node:crypto'
import * as client from 'openid-client'
import * as jose from 'jose'

const described = JSON.parse(process.argv[2])
const { Portal } = await import(described.example)
const portals = new Map()
const sessions = new Map()

// The tests speak http on this machine only.
const here = { execute: [client.allowInsecureRequests] }

async function portalOf(name) {
  if (!portals.has(name)) {
    const settings = { ...described.applications[name] }
    if (settings.jwk) {
      settings.privateKey = { key: await jose.importJWK(settings.jwk, 'ES256'), kid: settings.jwk.kid }
    }
    portals.set(name, await Portal.connect(settings, here))
  }
  return portals.get(name)
}

function remember(session) {
  session.key = randomUUID()
  sessions.set(session.key, session)
  return session
}

const pages = {
  async '/'({ session }) {
    const { entered, answeredBy } = session
    return entered ? { body: { ...entered, answeredBy } } : { location: 'connexion' }
  },
  async '/connexion'({ portal, session, url }) {
    const { address, asked } = await portal.signIn(Object.fromEntries(url.searchParams))
    session.asked = asked
    return { location: address.href }
  },
  async '/retour'({ portal, session, url, request, form }) {
    const posted = () => new Request(url, { method: 'POST', body: new URLSearchParams(form) })
    const entered = await portal.receive(request.method === 'POST' ? posted() : url, session.asked ?? {})
    // A session whose owner changes, changes name.
    sessions.delete(session.key)
    remember(Object.assign(session, { entered, asked: undefined, answeredBy: request.method }))
    return { location: './' }
  },
  async '/qui'({ portal, session }) {
    return { body: await portal.who(session.entered) }
  },
  async '/renouveler'({ portal, session }) {
    session.entered = await portal.renew(session.entered)
    return { body: session.entered }
  },
  async '/quitter'({ portal, session }) {
    const address = portal.leave(session.entered)
    delete session.entered
    return { location: address.href }
  },
  async '/au-revoir'() {
    return { body: 'au revoir' }
  },
  async '/deconnexion-par-le-portail'({ portal, form }) {
    const sid = await portal.told(form.get('logout_token'))
    for (const [key, session] of sessions) if (session.entered?.sid === sid) sessions.delete(key)
    return { body: 'done' }
  },
}

async function answer(request) {
  const url = new URL(request.url, `http://${request.headers.host}`)
  if (url.pathname === '/healthz') return { body: 'ok' }
  const [, name, page] = /^\/([^/]+)(\/.*)$/.exec(url.pathname) ?? []
  if (!described.applications[name] || !pages[page]) return { status: 404 }
  let body = ''
  for await (const part of request) body += part
  const cookie = new RegExp(`${name}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1]
  const session = sessions.get(cookie) ?? remember({})
  const given = { portal: await portalOf(name), session, url, request, form: new URLSearchParams(body) }
  return { ...(await pages[page](given)), cookie: `${name}=${session.key}; Path=/${name}/; HttpOnly` }
}

const server = http.createServer(async (request, response) => {
  let said
  try {
    said = await answer(request)
  } catch (error) {
    const { name, code, error: word, status, message } = error
    said = { status: 400, body: { name, code, error: word, status, message, cause: String(error.cause ?? '') } }
  }
  const headers = { 'Content-Type': 'application/json' }
  if (said.cookie) headers['Set-Cookie'] = said.cookie
  if (said.location) headers.Location = said.location
  response.writeHead(said.status ?? (said.location ? 303 : 200), headers)
  response.end(JSON.stringify(said.body ?? null))
})
server.listen(described.port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
