import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { daemonSets } from '#cluster/resources.ts'
import { fixture } from '../../helpers/scripted-server.ts'
import { connectTo, testHost } from '../../helpers/test-host.ts'

/** Where a request falls silent: the server to ask, the way there, and when nothing more will come. */
interface Silence {
  readonly server: string
  readonly env?: Record<string, string>
  readonly reached: Promise<unknown>
}

const closers: (() => void)[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const close of closers.splice(0)) close()
})

/** A listener whose connections are cut when the test is over; the address of it. */
async function listening(server: net.Server): Promise<string> {
  server.on('connection', (socket: net.Socket) => {
    socket.on('error', () => {})
    closers.push(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function event() {
  let happened = () => {}
  const promise = new Promise<void>((resolve) => {
    happened = resolve
  })
  return { promise, happened }
}

/** A server that says these things, each to what it is sent, and then no more. */
async function saying(...words: readonly (string | Buffer)[]) {
  const { promise, happened } = event()
  const left = [...words]
  const address = await listening(
    net.createServer((socket) =>
      socket.on('data', () => {
        const next = left.shift()
        if (next === undefined) happened()
        else socket.write(next)
      }),
    ),
  )
  return { address, reached: promise }
}

const behind = (scheme: string, { address, reached }: Awaited<ReturnType<typeof saying>>): Silence => ({
  server: 'https://kubernetes:6443',
  env: { HTTPS_PROXY: `${scheme}://${address}` },
  reached,
})

/** An HTTP server that begins an answer, or does not. */
async function answering(begin: (response: http.ServerResponse) => void): Promise<Silence> {
  const { promise, happened } = event()
  const address = await listening(
    http.createServer((request, response) => {
      request.resume()
      request.on('end', () => {
        begin(response)
        happened()
      })
    }),
  )
  return { server: `http://${address}`, reached: promise }
}

const dial = 'dial tcp kubernetes:6443: i/o timeout'
const handshake = 'net/http: TLS handshake timeout'
const silent = 'the server fell silent'
const silences: readonly [name: string, limitMs: number, words: string, () => Promise<Silence>][] = [
  [
    'a server that does not take up TLS',
    10_000,
    handshake,
    async () => {
      const { address, reached } = await saying()
      return { server: `https://${address}`, reached }
    },
  ],
  ['an HTTP proxy that says nothing', 30_000, dial, async () => behind('http', await saying())],
  [
    'an HTTP proxy whose tunnel leads nowhere',
    10_000,
    handshake,
    async () => behind('http', await saying('HTTP/1.1 200 OK\r\n\r\n')),
  ],
  ['an HTTPS proxy that does not take up TLS', 30_000, dial, async () => behind('https', await saying())],
  ['a SOCKS proxy that says nothing', 30_000, dial, async () => behind('socks5', await saying())],
  [
    'a SOCKS proxy that greets and says no more',
    30_000,
    dial,
    async () => behind('socks5', await saying(Buffer.of(5, 0))),
  ],
  [
    'a SOCKS proxy whose tunnel leads nowhere',
    10_000,
    handshake,
    async () => behind('socks5', await saying(Buffer.of(5, 0), Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0))),
  ],
  ['a server that does not answer', 100_000, silent, () => answering(() => {})],
  [
    'a server that stops in the middle of its answer',
    100_000,
    silent,
    () => answering((response) => response.writeHead(200).write('{"kind":')),
  ],
]

const restart = { type: 'merge', body: {} } as const

/** Writes, which nothing repeats, and whether that has ended. */
async function write({ server, env = {} }: Silence, requestTimeout: string, signal?: AbortSignal) {
  const flags = { 'request-timeout': requestTimeout, 'certificate-authority': fixture('ca.crt'), token: 'T' }
  const { cluster } = await connectTo(server, testHost(env), flags)
  closers.push(() => cluster.close())
  const state = { ended: false, words: Promise.resolve('') }
  const call = cluster.patch(daemonSets, { name: 'a' }, restart, { signal })
  state.words = call
    .then(
      () => 'no error',
      (error: Error) => error.message,
    )
    .finally(() => {
      state.ended = true
    })
  return state
}

/** Lets everything happen that needs no time. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe.each(silences)('%s', (_name, limitMs, words, start) => {
  it(`is given up after ${limitMs / 1000} s`, async () => {
    const peer = await start()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const call = await write(peer, '0')
    await peer.reached
    await settled()
    await vi.advanceTimersByTimeAsync(limitMs - 1000)
    await settled()
    expect(call.ended).toBe(false)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await call.words).toBe(`Unable to connect to the server: ${words}`)
  })

  it('is given up after --request-timeout', async () => {
    const peer = await start()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const call = await write(peer, '7s')
    await peer.reached
    await settled()
    await vi.advanceTimersByTimeAsync(6000)
    await settled()
    expect(call.ended).toBe(false)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await call.words).toMatch(/^Unable to connect to the server: context deadline exceeded/)
  })

  it('is given up at Ctrl-C', async () => {
    const peer = await start()
    const controller = new AbortController()
    const call = await write(peer, '0', controller.signal)
    await peer.reached
    controller.abort(new Error('Ctrl-C'))
    expect(await call.words).toBe('Ctrl-C')
  })
})

it('an answer that takes its time is read to its end, as long as something comes', async () => {
  let send = (_text: string) => {}
  const peer = await answering((response) => {
    response.writeHead(200)
    send = (text) => void response.write(text)
    send('{')
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const call = await write(peer, '0')
  await peer.reached
  for (let minute = 0; minute < 5; minute++) {
    await settled()
    await vi.advanceTimersByTimeAsync(60_000)
    send(' ')
  }
  await settled()
  expect(call.ended).toBe(false)
  await vi.advanceTimersByTimeAsync(100_000)
  expect(await call.words).toBe('Unable to connect to the server: the server fell silent')
})
