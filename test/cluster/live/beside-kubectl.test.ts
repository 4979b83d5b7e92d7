import { execFile } from 'node:child_process'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kubeconfigOf } from '../../helpers/kubeconfig.ts'
import { kubectlVersion } from '../../helpers/kubectl.ts'
import { liveKds } from '../../helpers/live-world.ts'
import { daemonSet } from '../../helpers/scripted-server.ts'
import { singleFile } from '../../helpers/single-file.ts'
import { ca, file, folder, kubeconfigs, text, token } from './kubeconfigs.ts'

describe.skipIf(!kubectlVersion)(
  `kubeconfig to wire beside kubectl${kubectlVersion ? '' : ': skipped, there is no kubectl'}`,
  () => {
    let seen: Record<string, unknown>[] = []
    let places: Record<string, string> = {}
    const servers: net.Server[] = []
    const listening = async (server: net.Server) => {
      servers.push(server)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return (server.address() as AddressInfo).port
    }

    beforeAll(async () => {
      const tls = {
        key: text('server.key'),
        cert: text('server.crt'),
        ca: text('ca.crt'),
        requestCert: true,
        rejectUnauthorized: false,
      }
      const port = await listening(
        https.createServer(tls, (request, response) => {
          const socket = request.socket as TLSSocket & { readonly servername?: string | false }
          const { authorization } = request.headers
          const headers = Object.entries(request.headersDistinct).filter(([name]) =>
            name.startsWith('impersonate'),
          )
          seen.push({
            path: (request.url ?? '').split('?')[0],
            authorization,
            headers: Object.fromEntries(headers.sort()),
            client: socket.getPeerCertificate()?.subject?.CN,
            name: socket.servername || undefined,
          })
          response.writeHead(200, { 'Content-Type': 'application/json' })
          response.end(JSON.stringify(daemonSet()))
        }),
      )
      const tunnel = (request: http.IncomingMessage, client: net.Socket) => {
        const { servername } = client as TLSSocket & { readonly servername?: string | false }
        const as = request.headers['proxy-authorization']
        seen.push({ connect: request.url, as, name: servername || undefined })
        const upstream = net.connect(port, '127.0.0.1', () => {
          client.write('HTTP/1.1 200 OK\r\n\r\n')
          upstream.pipe(client).pipe(upstream)
        })
        for (const one of [upstream, client]) one.on('error', () => {})
      }
      const proxyPort = await listening(http.createServer().on('connect', tunnel))
      const tlsProxyPort = await listening(https.createServer(tls).on('connect', tunnel))
      places = {
        'HTTPS-SERVER': `HTTPS://127.0.0.1:${port}`,
        SERVER: `https://127.0.0.1:${port}`,
        HOST: `127.0.0.1:${port}`,
        NAMED: `https://kubernetes:${port}`,
        'PROXY-AS': `http://me:p%40ss@127.0.0.1:${proxyPort}`,
        PROXY: `http://127.0.0.1:${proxyPort}`,
        'TLS-PROXY': `https://127.0.0.1:${tlsProxyPort}`,
        'TLS-PROXY-NAMED': `https://me:pass@localhost:${tlsProxyPort}`,
      }
    })
    const warnings: string[] = []
    const note = ({ message }: Error) => void warnings.push(message)
    beforeAll(() => void process.on('warning', note))
    afterAll(() => {
      process.off('warning', note)
      for (const server of servers) server.close()
    })

    /** Names such as SERVER stand for what is listened on. */
    const placed = (value: string) =>
      value.replaceAll(
        /(^|"|=)(HTTPS-SERVER|SERVER|HOST|NAMED|PROXY-AS|PROXY|TLS-PROXY-NAMED|TLS-PROXY)(?![A-Z-])/g,
        (_all, before: string, name: string) => `${before}${places[name]}`,
      )

    /** What reached the servers, or why nothing did. */
    const outcome = (stderr: string) => {
      const wire = seen.filter((one) => 'connect' in one || String(one.path).endsWith('/daemonsets/a'))
      if (wire.length > 0) return [...new Set(wire.map((one) => JSON.stringify(one)))]
      const words = stderr
        .split('\n')
        .filter((line) => !/^[EIW]\d{4} |^hint:|^$|^See '/.test(line))
        .join('\n')
        .trim()
      return words
        .replace(/^error: /, '')
        .replace(/ in scheme "[^"]*"/, '')
        .replace(/: \[\{[\s\S]*$/, '')
    }

    it.each(kubeconfigs)('%s', async (_name, one) => {
      const cluster = { server: 'SERVER', ...ca, ...one.cluster }
      const config = { ...kubeconfigOf(cluster, one.user ?? token, one.context), ...one.config }
      const kubeconfig = file('config', placed(JSON.stringify(config)))
      const flags = (one.flags ?? []).map(placed)
      seen = []
      const said = await new Promise<string>((resolve) => {
        const path = '/apis/apps/v1/namespaces/default/daemonsets/a'
        const env = { PATH: process.env.PATH ?? '', HOME: folder, KUBECONFIG: kubeconfig }
        execFile(
          'kubectl',
          ['get', '--raw', path, ...flags],
          { env, timeout: 15_000 },
          (_error, _out, stderr) => resolve(stderr),
        ).stdin?.end()
      })
      const wanted = outcome(said)
      seen = []
      const env = { PATH: process.env.PATH ?? '', HOME: folder }
      const { err } = await liveKds(['rollout', 'history', 'ds/a', ...flags], { kubeconfig, env })
      const got = outcome(err)
      const other = (singleFile && one.onBun) || one.better
      if (other === undefined) expect(got).toEqual(wanted)
      else expect(String(got)).toMatch(other)
      // Such as Node's that a certificate is asked for by an address.
      expect(warnings).toEqual([])
    })
  },
)
