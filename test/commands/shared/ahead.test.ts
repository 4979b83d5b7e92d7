import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Ahead } from '#cluster/live/ahead.ts'
import { beginConnecting } from '#commands/shared/ahead.ts'
import { liveKds } from '../../helpers/live-world.ts'
import { daemonSet, fixture, json, type Script, testServer } from '../../helpers/scripted-server.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { testHost } from '../../helpers/test-host.ts'

/** Stands before a server and counts: connections, and those over which something was sent. `refused` of them it closes at once. */
async function counting(url: string, refused = 0) {
  const { hostname, port, protocol } = new URL(url)
  const counts = { begun: 0, used: 0 }
  const door = net.createServer({ allowHalfOpen: false }, (client) => {
    client.on('error', () => {})
    if (counts.begun++ < refused) return void client.end()
    const server = net.connect(Number(port), hostname)
    server.on('error', () => client.destroy())
    client.on('close', () => server.destroy())
    client.once('data', () => counts.used++)
    client.pipe(server).pipe(client)
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void door.close())
  const at = (door.address() as AddressInfo).port
  return { door, counts, url: `${protocol}//127.0.0.1:${at}` }
}

/** Connections are accepted in their order: whoever was before this one has been counted. */
async function settled({ url }: { readonly url: string }) {
  const last = net.connect(Number(new URL(url).port), '127.0.0.1')
  await once(last, 'connect')
  last.destroy()
  await new Promise((turn) => setTimeout(turn))
}

function configFor(server: string, cluster: object = {}): string {
  const path = join(temporaryFolder(), 'config')
  const clusters = [
    { name: 'a', cluster: { server, 'certificate-authority': fixture('ca.crt'), ...cluster } },
  ]
  const pair = { 'client-certificate': fixture('client.crt'), 'client-key': fixture('client.key') }
  const contexts = [{ name: 'a', context: { cluster: 'a', user: 'a' } }]
  const users = [{ name: 'a', user: pair }]
  writeFileSync(path, JSON.stringify({ clusters, users, contexts, 'current-context': 'a' }))
  return path
}

const none = { kind: 'ControllerRevisionList', apiVersion: 'apps/v1', metadata: {}, items: [] }
const told = { out: 'daemonset.apps/a \nNo rollout history found.\n', err: '', exit: 0 }
const answering: Script = (request, response, body) => {
  const one = request.url?.includes('/daemonsets/a')
  json(one ? daemonSet() : none)(request, response, body)
}
const history = ['rollout', 'history', 'ds/a']

it('the connections over which a command begins are begun before, and no others', async () => {
  const door = await counting((await testServer([answering], true)).url)
  expect(await liveKds(history, { kubeconfig: configFor(door.url) })).toEqual(told)
  await settled(door)
  expect(door.counts).toEqual({ begun: 3, used: 2 })
})

it('connections that nobody asks for are closed', async () => {
  const door = await counting('https://127.0.0.1:1')
  const begun: Promise<unknown>[] = []
  const both = new Promise<void>((resolve) =>
    door.door.on('connection', (socket) => {
      if (begun.push(once(socket, 'close')) === 2) resolve()
    }),
  )
  const ahead = await beginConnecting(['get', '--kubeconfig', configFor(door.url)], testHost(), 2)
  await both
  ahead.end()
  await Promise.all(begun)
  expect(door.counts).toEqual({ begun: 2, used: 0 })
})

it('the server is left alone where there is a proxy', async () => {
  const door = await counting('https://127.0.0.1:1')
  const kubeconfig = configFor(door.url, { 'proxy-url': 'http://127.0.0.1:1' })
  await beginConnecting(['get', `--kubeconfig=${kubeconfig}`], testHost(), 2)
  await settled(door)
  expect(door.counts.begun).toBe(1)
})

it('a server that was wrongly guessed is left alone', async () => {
  const lists: Script = (request, response, body) => {
    const all = { kind: 'DaemonSetList', apiVersion: 'apps/v1', metadata: {}, items: [daemonSet()] }
    json(request.url?.includes('controllerrevisions') ? none : all)(request, response, body)
  }
  const guessed = await counting('https://127.0.0.1:1')
  const meant = await counting((await testServer([lists], true)).url)
  const argv = ['rollout', 'history', '-As', meant.url]
  expect(await liveKds(argv, { kubeconfig: configFor(guessed.url) })).toEqual(told)
  await settled(guessed)
  expect(guessed.counts).toEqual({ begun: 3, used: 0 })
  expect(meant.counts.used).toBe(1)
})

it.each([
  [
    [...history, '--diff', '-o', 'json'],
    'error: --diff shows two revisions: --revision and -o do not go with it\n',
  ],
  [['plan', '-f', '/nonexistent'], 'error: the path "/nonexistent" does not exist\n'],
])('a call that fails before it asks anything sends nothing: %j', async (argv, err) => {
  const door = await counting((await testServer([answering], true)).url)
  const run = await liveKds(argv, { kubeconfig: configFor(door.url) })
  expect(run).toMatchObject({ out: '', err: expect.stringContaining(err), exit: 1 })
  await settled(door)
  expect(door.counts.used).toBe(0)
})

it('usage comes before what is wrong with the configuration, which is told once', async () => {
  const kubeconfig = configFor('https://a b')
  const { err } = await liveKds([...history, '--diff', '-o', 'json'], { kubeconfig })
  expect(err).toMatch(/^error: --diff shows two revisions: .*\nSee .*\n$/)
  const wrong = await liveKds(history, { kubeconfig })
  expect(wrong.err).toBe('error: host must be a URL or a host:port pair: "https://a b"\n')
})

it('a server that refuses connections is told once', async () => {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const { err, exit } = await liveKds(history, { kubeconfig: configFor(`https://127.0.0.1:${port}`) })
  const hint = err.replace(/^.*\n/, '')
  expect([err.replace(hint, ''), exit]).toEqual([
    `The connection to the server 127.0.0.1:${port} was refused - did you specify the right host or port?\n`,
    1,
  ])
  expect(hint).not.toContain('refused')
})

describe('a connection that the server has closed meanwhile', () => {
  it('is made anew', async () => {
    const door = await counting((await testServer([json({ a: 1 })])).url, 1)
    const closed = new Promise<unknown>((resolve) =>
      door.door.once('connection', (socket) => resolve(once(socket, 'close'))),
    )
    const ahead = new Ahead({ kubeconfig: configFor(door.url) }, testHost(), 1)
    await ahead.underWay
    await closed
    const agent = new http.Agent()
    ahead.serve(agent, door.url)
    const request = http.get(door.url, { agent })
    const [answer] = await once(request, 'response')
    expect(answer.statusCode).toBe(200)
    answer.resume()
    expect(door.counts.begun).toBe(2)
  })

  it('costs a command nothing', async () => {
    const door = await counting((await testServer([answering], true)).url, 2)
    expect(await liveKds(history, { kubeconfig: configFor(door.url) })).toEqual(told)
  })
})

it.skipIf(process.platform === 'win32')('a kubeconfig is read once, as from a pipe', async () => {
  const { url } = await testServer([answering], true)
  const pipe = join(temporaryFolder(), 'pipe')
  execFileSync('mkfifo', [pipe])
  const child = spawn('sh', ['-c', 'cat "$1" > "$2"', 'sh', configFor(url), pipe])
  onTestFinished(() => void child.kill())
  expect(await liveKds(history, { kubeconfig: pipe })).toEqual(told)
})
