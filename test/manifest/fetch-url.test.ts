import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { proxyTo } from '#cluster/config/client-config.ts'
import { type FetchOptions, fetchUrl } from '#manifest/fetch-url.ts'
import { readManifests } from '#manifest/read-manifests.ts'
import { daemonSet, stream } from '../helpers/workspace.ts'

interface Serving {
  readonly url: string
  readonly port: number
  readonly seen: IncomingMessage[]
}

/** A server whose answers come one after the other, the last again and again. */
async function serve(...answers: RequestListener[]): Promise<Serving> {
  const seen: IncomingMessage[] = []
  const listener: RequestListener = (request, response) => {
    seen.push(request)
    answers[Math.min(seen.length, answers.length) - 1]?.(request, response)
  }
  const server = createServer(listener)
  server.on('connect', (request: IncomingMessage, socket) => {
    seen.push(request)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/ds.yaml`, port, seen }
}

const says =
  (status: number, body: string | Buffer = '', headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(body)

const text = async (url: string, options: FetchOptions = {}) =>
  Buffer.from(await fetchUrl(url, { pauseMs: 0, ...options })).toString()
const failing = (url: string, options: FetchOptions = {}): Promise<Error> =>
  text(url, options).then(
    (body) => new Error(`no failure, but ${body}`),
    (error: Error) => error,
  )
const readUrl = (url: string, maxBytes?: number) =>
  readManifests({ files: [url], cwd: '/', stdin: stream(), env: {}, maxBytes })

describe('a URL', () => {
  it('is read, and is the source', async () => {
    const { url } = await serve(says(200, daemonSet('a')))
    const [object] = (await readUrl(url)).objects
    expect(object).toMatchObject({ source: url, value: { metadata: { name: 'a' } } })
  })

  it('is asked three times where the server fails', async () => {
    const { url, seen } = await serve(says(503), says(500), says(200, 'ok'))
    expect(await text(url)).toBe('ok')
    expect(seen).toHaveLength(3)
    const bad = await serve(says(503))
    expect(await failing(bad.url)).toMatchObject({ code: 'url', message: expect.stringContaining('503') })
    expect(bad.seen).toHaveLength(3)
  })

  it('is asked once where the answer is final', async () => {
    const { url, seen } = await serve(says(404))
    expect(await failing(url)).toMatchObject({ code: 'url', message: expect.stringContaining('404') })
    expect(seen).toHaveLength(1)
  })

  it('that nobody answers, or that is none, is an error', async () => {
    expect(await failing('http://127.0.0.1:1/x')).toMatchObject({ code: 'url' })
    expect(await failing('http://[bad/x')).toMatchObject({
      code: 'url',
      message: expect.stringContaining('it is not a valid URL'),
    })
  })

  it('leads on, ten times at most', async () => {
    const { url } = await serve(says(302, '', { location: '/there' }), says(200, 'ok'))
    expect(await text(url)).toBe('ok')
    const circle = await serve(says(302, '', { location: '/' }))
    expect((await failing(circle.url)).message).toContain('stopped after 10 redirects')
    expect(circle.seen).toHaveLength(11)
    const away = await serve(says(302, '', { location: 'file:///etc/passwd' }))
    expect((await failing(away.url)).message).toContain('not an http or https URL')
  })

  it.each<[string, RequestListener, RegExp]>([
    [
      'cut short',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 })
        response.write('apiVersion: v1', () => response.destroy())
      },
      /: the body was cut off$/,
    ],
    [
      'cut short in a chunk',
      (_, response) => {
        response.write('apiVersion: v1', () => response.destroy())
      },
      /: the body was cut off$/,
    ],
    ['that is no gzip', says(200, 'plain', { 'content-encoding': 'gzip' }), /not the gzip that the server/],
    [
      'with half of a gzip',
      says(200, gzipSync('a'.repeat(9999)).subarray(0, 30), { 'content-encoding': 'gzip' }),
      /not the gzip that the server promised \(unexpected end of file\)$/,
    ],
  ])('with a body %s is an error that names it', async (_, answer, words) => {
    const { url, seen } = await serve(answer)
    const error = await failing(url)
    expect(error).toMatchObject({ code: 'url', message: expect.stringMatching(words) })
    expect(error.message).toContain(url)
    expect(seen).toHaveLength(1)
  })

  it('with a gzip is unpacked', async () => {
    const { url, seen } = await serve(says(200, gzipSync('text'), { 'content-encoding': 'gzip' }))
    expect(await text(url)).toBe('text')
    expect(seen[0]?.headers['accept-encoding']).toBe('gzip')
  })

  it('is given up when nothing comes, before the answer or in it', async () => {
    const mute = await serve(() => undefined)
    const error = await failing(mute.url, { silenceMs: 20 })
    expect(error.message).toMatch(/ds\.yaml: the server sent nothing for 0\.02 seconds$/)
    const stalled = await serve((_, response) => response.write('a'))
    expect((await failing(stalled.url, { silenceMs: 20 })).message).toMatch(/sent nothing for/)
    expect(stalled.seen).toHaveLength(1)
  })

  it('is left when the signal is given', async () => {
    const abort = new AbortController()
    const { url } = await serve((_, response) => response.write('a', () => abort.abort(new Error('enough'))))
    expect(await failing(url, { signal: abort.signal })).toMatchObject({ message: 'enough' })
  })

  it('is measured while it comes, unpacked', async () => {
    let sent = 0
    const endless = await serve((_, response) => {
      const more = () => {
        sent += 1
        if (!response.destroyed) response.write('x'.repeat(1000), more)
      }
      more()
    })
    await expect(readUrl(endless.url, 5000)).rejects.toMatchObject({ code: 'too-large' })
    expect(sent).toBeLessThan(10_000)
    const bomb = await serve(says(200, gzipSync('x'.repeat(100_000)), { 'content-encoding': 'gzip' }))
    await expect(readUrl(bomb.url, 5000)).rejects.toMatchObject({ code: 'too-large' })
  })

  it('may log in, and the password is never shown', async () => {
    const { port, seen } = await serve(says(200, daemonSet('a')), says(200, '# nothing'), says(404))
    const url = `http://me:s%40cret@127.0.0.1:${port}/ds.yaml`
    const shown = `http://xxxxx@127.0.0.1:${port}/ds.yaml`
    expect((await readUrl(url)).objects[0]?.source).toBe(shown)
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:s@cret').toString('base64')}`)
    await readUrl(url)
    const refused = (await readUrl(url).catch((error: Error) => error)) as Error
    expect(refused.message).toBe(`cannot read ${shown}: the server says 404 Not Found`)
    for (const bad of [
      'http://me:s%40cret@127.0.0.1:1/',
      'http://me:s%40cret@[bad/',
      'http://me:s%40c/ret@host:x/',
    ]) {
      const { message, stack, cause } = (await failing(bad)) as Error
      expect(`${message} ${stack} ${String(cause)}`).not.toMatch(/s%40c|s@c/)
    }
  })

  it('does not hand its login on to another host', async () => {
    const other = await serve(says(200, 'ok'))
    const { port } = await serve(says(302, '', { location: other.url.replace('127.0.0.1', 'localhost') }))
    expect(await text(`http://me:secret@127.0.0.1:${port}/`)).toBe('ok')
    expect(other.seen[0]?.headers.authorization).toBeUndefined()
  })
})

describe('on the way to a URL', () => {
  const through = (env: Record<string, string>): FetchOptions => ({ proxyTo: (url) => proxyTo(url, env) })

  it('a proxy of the environment is handed what is not encrypted', async () => {
    const proxy = await serve(says(200, 'from afar'))
    const env = { HTTP_PROXY: `http://us%65r:pass@127.0.0.1:${proxy.port}` }
    expect(await text('http://files.example:8080/a?b=c', through(env))).toBe('from afar')
    const [request] = proxy.seen
    expect(request?.url).toBe('http://files.example:8080/a?b=c')
    expect(request?.headers.host).toBe('files.example:8080')
    expect(request?.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('user:pass').toString('base64')}`,
    )
  })

  it('makes a connection for what is', async () => {
    const proxy = await serve(says(200))
    const env = { https_proxy: `127.0.0.1:${proxy.port}` }
    const error = await failing('https://files.example/a', through(env))
    expect(error).toMatchObject({ code: 'url', message: expect.stringContaining('403') })
    expect(proxy.seen[0]).toMatchObject({ method: 'CONNECT', url: 'files.example:443' })
  })

  it('is left out for what NO_PROXY names, and for this machine', async () => {
    const proxy = await serve(says(200, 'proxy'))
    const { url } = await serve(says(200, 'direct'))
    const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: '.invalid' }
    expect(await text(url, through(env))).toBe('direct')
    expect(await failing('http://files.invalid/', through(env))).toMatchObject({ code: 'url' })
    expect(proxy.seen).toEqual([])
  })
})
