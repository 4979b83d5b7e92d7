import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { fixture, json, testServer } from '../../helpers/scripted-server.ts'
import { type Stage, stage } from '../../helpers/stage.ts'

const none = json({ kind: 'DaemonSetList', apiVersion: 'apps/v1', metadata: {}, items: [] })
const answered = { err: 'No resources found in default namespace.\n', exit: 0 }
const unknown = 'x509: certificate signed by unknown authority\n'

/** The process itself reads these variables, so only a program can show it. */
describe('authorities that the environment names', () => {
  let staged: Stage
  beforeAll(() => {
    staged = stage()
  }, 60_000)

  async function ask(env: Readonly<Record<string, string>>) {
    const { url } = await testServer([none], true)
    const child = spawn(join(staged.bin, 'kds'), ['rollout', 'history', 'ds', '-s', url, '--token', 'T'], {
      env: { PATH: `${staged.bin}:/usr/bin:/bin`, HOME: staged.folder, KUBECONFIG: '', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const err = child.stderr.setEncoding('utf8').toArray()
    const exit = await new Promise<number | null>((resolve) => child.on('close', resolve))
    return { err: (await err).join(''), exit }
  }

  it('nobody else is trusted', async () => {
    const { err, exit } = await ask({})
    expect([err.endsWith(unknown), exit]).toEqual([true, 1])
  })
  it.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])('%s is', async (name) => {
    expect(await ask({ [name]: fixture('ca.crt') })).toEqual(answered)
  })
  it('NODE_EXTRA_CA_CERTS that cannot be read is passed over', async () => {
    const { err, exit } = await ask({ NODE_EXTRA_CA_CERTS: '/no/such/file' })
    expect([err.endsWith(unknown), exit]).toEqual([true, 1])
  })
  it('NODE_TLS_REJECT_UNAUTHORIZED=0 is not obeyed', async () => {
    const { err, exit } = await ask({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })
    expect([err.endsWith(unknown), exit]).toEqual([true, 1])
  })
})
