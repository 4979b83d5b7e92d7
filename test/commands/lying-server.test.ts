import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { liveKds } from '../helpers/live-world.ts'
import { honestObjects, type Lie, type LyingServer, lyingServer, send } from './lying-server.ts'

const says =
  (body: string, code = 200, headers: Record<string, string> = {}): Lie =>
  (_request, response) => {
    response.writeHead(code, { 'Content-Type': 'application/json', ...headers })
    response.end(body)
  }
const status = (more: object) => JSON.stringify({ kind: 'Status', apiVersion: 'v1', ...more })
const changed =
  (change: (object: Record<string, unknown>) => unknown): Lie =>
  (_request, response, { object }) =>
    send(response, change(object as Record<string, unknown>), 200)

/** What a server may say that is no answer. Each with whether a write got through before it. */
const lies: Readonly<Record<string, Lie>> = {
  null: says('null'),
  'an empty list': says('[]'),
  'a text': says('"yes"'),
  'a number': says('3'),
  'an empty object': says('{}'),
  nothing: says(''),
  'no content': says('', 204),
  'half an answer': says('{"kind":"DaemonSet","apiVer'),
  'a page': says('<html>log in</html>', 200, { 'Content-Type': 'text/html' }),
  'a page with 502': says('<html>bad gateway</html>', 502, { 'Content-Type': 'text/html' }),
  'a redirect': says('', 302, { Location: 'https://user:SECRET@elsewhere/login?token=SECRET' }),
  'bad gzip': says('not gzip', 200, { 'Content-Encoding': 'gzip' }),
  'a Status of Failure with 200': says(
    status({ status: 'Failure', reason: 'Forbidden', message: 'no', code: 403 }),
  ),
  'a Status of Failure with null causes': says(
    status({
      status: 'Failure',
      reason: 'Invalid',
      message: 'no',
      code: 422,
      details: { kind: 'x', causes: [null] },
    }),
    422,
  ),
  'a Status whose fields are of other types': says(
    status({ status: 'Failure', reason: { x: 1 }, message: ['no'], code: 'x', details: 'y' }),
    422,
  ),
  'a Status of Success': says(status({ status: 'Success' })),
  'another kind': changed((object) => ({ ...object, kind: 'Pod', apiVersion: 'v1' })),
  'another version': changed((object) => ({ ...object, apiVersion: 'apps/v1beta9' })),
  'an object without metadata': changed((object) => ({ ...object, metadata: undefined })),
  'another name': changed((object) => ({
    ...object,
    metadata: { ...(object.metadata as object), name: 'other' },
  })),
  'items that are an object': changed((object) => ({ ...object, items: { a: 1 } })),
  'items of null': changed((object) => ({ ...object, items: [null] })),
  'items without names': changed((object) => ({ ...object, items: [{}] })),
  'a cut connection': (request) => request.socket.destroy(),
  'silence before the answer': () => {},
  'silence in the answer': (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.write('{"kind":')
  },
}

const commands: Readonly<Record<string, readonly string[]>> = {
  version: ['version'],
  history: ['rollout', 'history', 'ds/a'],
  'history of a revision': ['rollout', 'history', 'ds/a', '--revision=1'],
  'history in JSON': ['rollout', 'history', 'ds/a', '-o', 'json'],
  'history of all': ['rollout', 'history', 'ds'],
  status: ['rollout', 'status', 'ds/a', '--watch=false'],
  'status in JSON': ['rollout', 'status', 'ds/a', '--watch=false', '-o', 'json'],
  undo: ['rollout', 'undo', 'ds/a', '-y'],
  restart: ['rollout', 'restart', 'ds/a'],
  pause: ['rollout', 'pause', 'ds/a'],
  plan: ['plan', 'ds/a'],
}

describe(`${Object.keys(lies).length} lies to ${Object.keys(commands).length} commands`, () => {
  let server: LyingServer
  beforeAll(async () => {
    server = await lyingServer()
  })
  afterEach(() => {
    server.lies = []
    server.asked.length = 0
    server.objects = honestObjects()
  })
  afterAll(() => server.close())

  const run = (argv: readonly string[], more: readonly string[] = ['--request-timeout=150ms']) =>
    liveKds([...argv, '--server', server.url, ...more], { kubeconfig: '/nonexistent', haste: 100 })

  it.each(Object.entries(commands).filter(([name]) => !/undo|restart/.test(name)))(
    'the truth is answered by %s',
    async (_name, argv) => {
      const { err } = await run(argv, ['--request-timeout=10s'])
      expect(err).not.toMatch(/internal error|defect|server sent/)
    },
  )

  const cases = Object.entries(commands).flatMap(([command, argv]) =>
    Object.entries(lies).flatMap(([said, lie]) =>
      [/^GET/, /^PATCH/]
        .filter((to) => to.source === '^GET' || /undo|restart/.test(command))
        .map((to) => [command, said, to, argv, lie] as const),
    ),
  )
  it.each(cases)(
    '%s, told %s to %s',
    async (command, said, to, argv, lie) => {
      server.lies = [{ to, lie }]
      const { out, err, exit } = await run(argv)
      const told = out + err
      expect(told).not.toMatch(/internal error|defect of kds|TypeError|\n\s+at |SECRET/)
      // A page of items means nothing to a single object, and what only changes those is the truth to it.
      const truth =
        to.source === '^PATCH' ? said.startsWith('items') : /^(items|another|an object)/.test(said)
      if (!truth) {
        expect(err).not.toBe('')
        expect(out).not.toMatch(/restarted|rolled back/)
      }
      expect(truth || command.startsWith('status') ? [0, 1] : [1]).toContain(exit)
    },
    20_000,
  )
})
