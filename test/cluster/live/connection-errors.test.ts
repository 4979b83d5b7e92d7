import { readFileSync } from 'node:fs'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { daemonSets } from '#cluster/resources.ts'
import { daemonSet, fixture, json, testServer } from '../../helpers/scripted-server.ts'
import { connectTo, testHost } from '../../helpers/test-host.ts'

async function words(server: string, flags = {}): Promise<string> {
  const { cluster } = await connectTo(server, testHost(), flags)
  return cluster.get(daemonSets, { name: 'a' }).then(
    () => expect.unreachable(),
    (error: Error) => error.message,
  )
}

/** What `talk` does to connections, and the address of where it does it. */
async function during<T>(
  talk: (socket: net.Socket) => void,
  act: (address: string) => Promise<T>,
): Promise<T> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    talk(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await act(`127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.close()
  }
}

describe('what kubectl says when there is no answer', () => {
  it('nobody listens', async () => {
    const port = await during(
      () => {},
      async (address) => address,
    )
    expect(await words(`https://${port}`)).toBe(
      `The connection to the server ${port} was refused - did you specify the right host or port?`,
    )
  })

  it('nobody listens at any address of a name', async () => {
    const port = await during(
      () => {},
      async (address) => address.split(':')[1],
    )
    expect(await words(`http://localhost:${port}`)).toBe(
      `The connection to the server localhost:${port} was refused - did you specify the right host or port?`,
    )
  })

  it('there is no such name', async () => {
    expect(await words('https://nowhere.invalid:6443')).toMatch(
      /^Unable to connect to the server: dial tcp: lookup nowhere\.invalid: (no such host|server misbehaving)$/,
    )
  })

  it('the connection is closed at once', async () => {
    const told = await during(
      (socket) => socket.end(),
      (address) => words(`http://${address}`),
    )
    expect(told).toBe('Unable to connect to the server: EOF')
  })

  it('a server of plain HTTP is asked by HTTPS', async () => {
    const server = await testServer([json({})])
    expect(await words(server.url.replace('http:', 'https:'))).toBe(
      'Unable to connect to the server: http: server gave HTTP response to HTTPS client',
    )
  })

  it('the server wants a certificate that nobody has', async () => {
    const [key, cert, ca] = ['server.key', 'server.crt', 'ca.crt'].map((name) => readFileSync(fixture(name)))
    const server = https.createServer({ key, cert, ca, requestCert: true, maxVersion: 'TLSv1.2' })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    expect(await words(`https://127.0.0.1:${port}`, { 'insecure-skip-tls-verify': true })).toMatch(
      /^Unable to connect to the server: remote error: tls: [a-z ]+$/,
    )
  })

  it('is no scheme needed, as with kubectl', async () => {
    const server = await testServer([json(daemonSet())])
    const { cluster } = await connectTo(server.url.replace('http://', ''), testHost())
    await cluster.get(daemonSets, { name: 'a' })
  })
})
