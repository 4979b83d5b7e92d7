import type { ClientRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { type Ask, ask } from '../../helpers/sandbox-client.ts'

const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'
const deep = `{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`

const applyType = 'application/apply-patch+yaml'

const cases: readonly (readonly [string, Ask, number, string])[] = [
  ['broken JSON', { method: 'POST', path: daemonSets, body: '{"kind":' }, 400, 'BadRequest'],
  ['JSON that is no object', { method: 'POST', path: daemonSets, body: '[1]' }, 400, 'BadRequest'],
  ['an empty body', { method: 'POST', path: daemonSets, body: '' }, 400, 'BadRequest'],
  ['a kind that is a number', { method: 'POST', path: daemonSets, body: { kind: 7 } }, 400, 'BadRequest'],
  [
    'metadata that is a list',
    { method: 'POST', path: daemonSets, body: { metadata: [] } },
    400,
    'BadRequest',
  ],
  ['an object nested 2,000 deep', { method: 'POST', path: daemonSets, body: deep }, 400, 'BadRequest'],
  [
    'a __proto__ key',
    { method: 'POST', path: daemonSets, body: '{"__proto__":{"a":1},"metadata":{"__proto__":{"name":"x"}}}' },
    422,
    'Invalid',
  ],
  [
    'an annotation that the server reads into a number of its own',
    {
      method: 'POST',
      path: daemonSets,
      body: { metadata: { annotations: { 'deprecated.daemonset.template.generation': 'abc' } } },
    },
    400,
    'BadRequest',
  ],
  ['no name', { method: 'POST', path: daemonSets, body: {} }, 422, 'Invalid'],
  [
    'a name with a slash',
    { method: 'POST', path: '/api/v1/namespaces/default/configmaps', body: { metadata: { name: 'a/b' } } },
    422,
    'Invalid',
  ],
  [
    'another namespace than the path',
    { method: 'POST', path: daemonSets, body: { metadata: { name: 'x', namespace: 'y' } } },
    400,
    'BadRequest',
  ],
  [
    'a body of another kind of text',
    { method: 'POST', path: daemonSets, body: 'kind: DaemonSet', contentType: 'text/plain' },
    415,
    'UnsupportedMediaType',
  ],
  [
    'a body of YAML that is none',
    { method: 'POST', path: daemonSets, body: 'a: [', contentType: 'application/yaml' },
    400,
    'BadRequest',
  ],
  [
    'an apply patch that is no object',
    { method: 'PATCH', path: `${daemonSets}/a?fieldManager=m`, body: '- 1', contentType: applyType },
    400,
    'BadRequest',
  ],
  [
    'an apply patch nested 2,000 deep',
    { method: 'PATCH', path: `${daemonSets}/a?fieldManager=m`, body: deep, contentType: applyType },
    400,
    'BadRequest',
  ],
  [
    'an apply patch of nobody',
    { method: 'PATCH', path: `${daemonSets}/a`, body: '{}', contentType: applyType },
    422,
    'Invalid',
  ],
  [
    'a merge patch by force',
    {
      method: 'PATCH',
      path: `${daemonSets}/a?force=true`,
      body: '{}',
      contentType: 'application/merge-patch+json',
    },
    422,
    'Invalid',
  ],
  [
    'a body of broken protobuf',
    {
      method: 'POST',
      path: '/api/v1/namespaces',
      body: 'k8s\0\x0a\xff\xff',
      contentType: 'application/vnd.kubernetes.protobuf',
    },
    400,
    'BadRequest',
  ],
  [
    'a patch of no known type',
    { method: 'PATCH', path: '/api/v1/nodes/node-1', body: {}, contentType: 'text/plain' },
    415,
    'UnsupportedMediaType',
  ],
  [
    'a merge patch that is a list',
    { method: 'PATCH', path: '/api/v1/nodes/node-1', body: [], contentType: 'application/merge-patch+json' },
    400,
    'BadRequest',
  ],
  [
    'a JSON patch that is an object',
    { method: 'PATCH', path: '/api/v1/nodes/node-1', body: {}, contentType: 'application/json-patch+json' },
    400,
    'BadRequest',
  ],
  [
    'a patch that takes the metadata away',
    {
      method: 'PATCH',
      path: '/api/v1/nodes/node-1',
      body: { metadata: null },
      contentType: 'application/merge-patch+json',
    },
    400,
    'BadRequest',
  ],
  [
    'only protobuf wanted',
    { path: daemonSets, headers: { accept: 'application/vnd.kubernetes.protobuf' } },
    406,
    'NotAcceptable',
  ],
  ['an unknown path', { path: '/foo' }, 404, 'NotFound'],
  ['an unknown group', { path: '/apis/nope/v1/things' }, 404, 'NotFound'],
  ['an unknown version', { path: '/apis/apps/v9' }, 404, 'NotFound'],
  ['an unknown resource', { path: '/apis/apps/v1/nope' }, 404, 'NotFound'],
  ['an unknown subresource', { path: `${daemonSets}/a/nope` }, 404, 'NotFound'],
  ['a namespace for what has none', { path: '/api/v1/namespaces/default/nodes' }, 404, 'NotFound'],
  ['dots in the path', { path: '/api/v1/../../etc/passwd' }, 404, 'NotFound'],
  ['escaped dots in the path', { path: '/api/v1/namespaces/%2e%2e/pods/%2e%2e%2fx' }, 404, 'NotFound'],
  ['an escaped slash in a name', { path: '/api/v1/namespaces/default%2Fpods%2Fx' }, 404, 'NotFound'],
  ['doubled slashes', { path: '//api//v1//nodes' }, 404, 'NotFound'],
  ['a zero byte in the path', { path: '/api/v1/nodes/%00' }, 404, 'NotFound'],
  ['a broken escape', { path: '/api/v1/nodes/%zz' }, 400, 'BadRequest'],
  ['a name that objects inherit', { path: '/api/v1/nodes/constructor' }, 404, 'NotFound'],
  ['a method that is not served', { method: 'OPTIONS', path: daemonSets }, 405, 'MethodNotAllowed'],
  [
    'a POST to an object',
    { method: 'POST', path: '/api/v1/nodes/node-1', body: {} },
    405,
    'MethodNotAllowed',
  ],
  ['a PUT to a collection', { method: 'PUT', path: '/api/v1/nodes', body: {} }, 405, 'MethodNotAllowed'],
  ['a DELETE of all namespaces', { method: 'DELETE', path: '/api/v1/namespaces' }, 405, 'MethodNotAllowed'],
  ['a POST to discovery', { method: 'POST', path: '/apis', body: {} }, 405, 'MethodNotAllowed'],
  ['a broken limit', { path: '/api/v1/nodes?limit=x' }, 400, 'BadRequest'],
  ['a broken label selector', { path: '/api/v1/nodes?labelSelector=a%20in' }, 400, 'BadRequest'],
  ['an unknown field selector', { path: '/api/v1/nodes?fieldSelector=spec.x%3D1' }, 400, 'BadRequest'],
  ['a broken version', { path: '/api/v1/nodes?resourceVersion=x' }, 400, 'BadRequest'],
  ['a version match without a version', { path: '/api/v1/nodes?resourceVersionMatch=Exact' }, 422, 'Invalid'],
  ['a version of the future', { path: '/api/v1/nodes?resourceVersion=999999999' }, 504, 'Timeout'],
  [
    'a dry run of no known kind',
    { method: 'DELETE', path: '/api/v1/nodes/node-1?dryRun=Some' },
    422,
    'Invalid',
  ],
  [
    'an unknown propagation policy',
    { method: 'DELETE', path: '/api/v1/nodes/node-1?propagationPolicy=Maybe' },
    422,
    'Invalid',
  ],
  [
    'an unknown field validation',
    { method: 'POST', path: `${daemonSets}?fieldValidation=Maybe`, body: {} },
    422,
    'Invalid',
  ],
  ['no token', { path: daemonSets, headers: { authorization: '' } }, 403, 'Forbidden'],
  ['a wrong token', { path: daemonSets, headers: { authorization: 'Bearer x' } }, 401, 'Unauthorized'],
  ['a path without a token', { path: '/api', headers: { authorization: '' } }, 403, 'Forbidden'],
  ['the control path, faults being off', { path: '/kds-sandbox/faults' }, 404, 'NotFound'],
]

describe('bad requests get a Status', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ nodes: 1 })
  })
  afterAll(() => sandbox.close())

  /** The server still stands, and has not changed. */
  const stands = async () => {
    const answer = await ask(sandbox, { path: '/api/v1/nodes' })
    expect((answer.body as { items: unknown[] }).items).toHaveLength(1)
  }

  it.each(cases)('%s', async (_, asked, status, reason) => {
    const answer = await ask(sandbox, asked)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.body).toMatchObject({ kind: 'Status', status: 'Failure', code: status, reason })
    expect(answer.status).toBe(status)
    await stands()
  })

  /** The status of a POST whose body `send` writes. */
  const posted = (headers: Record<string, string>, send: (request: ClientRequest) => void) =>
    new Promise<number>((resolve) => {
      const { port, caPem: ca, token } = sandbox
      const request = httpsRequest(
        {
          host: '127.0.0.1',
          port,
          ca,
          method: 'POST',
          path: daemonSets,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
          request.destroy()
        },
      )
      // The server may hang up while the body is on its way.
      request.on('error', () => undefined)
      send(request)
    })

  it('a body of 100 MB, announced', async () => {
    const length = { 'content-length': String(100 * 1024 * 1024) }
    expect(await posted(length, (request) => request.write('{'))).toBe(413)
    await stands()
  })

  it('a body of 100 MB, in pieces of no announced number', async () => {
    const piece = Buffer.alloc(1024 * 1024, 0x20)
    let left = 100
    const send = (request: ClientRequest) => {
      while (left > 0 && !request.destroyed) {
        left -= 1
        if (!request.write(piece)) {
          request.once('drain', () => send(request))
          return
        }
      }
    }
    expect(await posted({}, send)).toBe(413)
    await stands()
  })

  /** What the server says to bytes that are no request; empty if it hangs up. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let said = ''
      const socket = connect({ host: '127.0.0.1', port: sandbox.port, ca: sandbox.caPem }, () =>
        socket.write(text),
      )
      socket.on('data', (data: Buffer) => {
        said += data.toString()
      })
      socket.on('error', () => resolve(said))
      socket.on('close', () => resolve(said))
    })

  it.each([
    ['endless headers', `GET / HTTP/1.1\r\nhost: x\r\n${'x-a: 1234567890\r\n'.repeat(20_000)}`, '431'],
    ['one endless header', `GET / HTTP/1.1\r\nhost: x\r\nx-a: ${'a'.repeat(300_000)}\r\n\r\n`, '431'],
    ['what is no HTTP', 'hello there\r\n\r\n', '400'],
    ['a method of no known kind', 'BREW /api HTTP/1.1\r\nhost: x\r\n\r\n', '400'],
    ['a broken chunk', 'POST /api HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', '4'],
  ])('%s', async (_, text, code) => {
    const said = await raw(text)
    expect(said).toContain(`HTTP/1.1 ${code}`)
    expect(said).toContain('"kind":"Status"')
    await stands()
  })

  it('no TLS at all', async () => {
    const plain = await fetch(`http://127.0.0.1:${sandbox.port}/`).catch((error: unknown) => error)
    expect(plain).toBeInstanceOf(Error)
    await stands()
  })
})
