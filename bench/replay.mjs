// Answers every GET as another server answered it the first time, in whatever form it was asked for, so that a list costs
// the measured client's time and hardly any of the server's: replay.mjs KUBECONFIG > its own kubeconfig's path
import { readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { gzipSync } from 'node:zlib'

const [kubeconfig] = process.argv.slice(2)
const text = readFileSync(kubeconfig, 'utf8')
const field = (name) => new RegExp(`"?${name}"?: *"?([^"\\n]+)"?`).exec(text)?.[1]
const server = new URL(field('server'))
const decoded = (name) => (field(name) ? Buffer.from(field(name), 'base64') : undefined)
const agent = new https.Agent({
  keepAlive: true,
  ca: decoded('certificate-authority-data'),
  cert: decoded('client-certificate-data'),
  key: decoded('client-key-data'),
})
const token = field('token')
/** As a server of Kubernetes does: from so many bytes on. */
const compressedFrom = 128 * 1024

function forward(request, body) {
  const { accept = '*/*', 'content-type': type } = request.headers
  const headers = {
    accept,
    ...(type && { 'content-type': type, 'content-length': body.length }),
    ...(token && { authorization: `Bearer ${token}` }),
  }
  return new Promise((resolve, reject) => {
    const call = https.request(
      new URL(request.url, server),
      { method: request.method, headers, agent },
      (answer) => {
        const chunks = []
        answer.on('data', (chunk) => chunks.push(chunk))
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const packed = bytes.length < compressedFrom ? undefined : gzipSync(bytes, { level: 1 })
          resolve({ status: answer.statusCode, type: answer.headers['content-type'], bytes, packed })
        })
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}

const known = new Map()
async function answer(request, body) {
  if (request.method !== 'GET') return forward(request, body)
  const key = `${request.url} ${request.headers.accept}`
  if (!known.has(key)) known.set(key, forward(request, body))
  return known.get(key)
}

const listener = (request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', async () => {
    const { bytes, packed, status, type } = await answer(request, Buffer.concat(chunks))
    const isPacked = packed && (request.headers['accept-encoding'] ?? '').includes('gzip')
    const sent = isPacked ? packed : bytes
    response.writeHead(status, {
      'content-type': type ?? 'application/json',
      'content-length': sent.length,
      ...(isPacked && { 'content-encoding': 'gzip' }),
    })
    response.end(sent)
  })
}
const replay = http.createServer(listener)
replay.listen(0, '127.0.0.1', () => {
  const path = `${kubeconfig}.replay`
  const cluster = { server: `http://127.0.0.1:${replay.address().port}` }
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'replay',
      contexts: [{ name: 'replay', context: { cluster: 'replay', user: 'replay' } }],
      clusters: [{ name: 'replay', cluster }],
      users: [{ name: 'replay', user: {} }],
    }),
  )
  console.log(path)
})
