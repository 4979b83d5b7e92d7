import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { kds } from '../../helpers/run.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

let sandbox: Sandbox
let folder: string
beforeAll(async () => {
  sandbox = await startSandbox()
  folder = temporaryFolder()
  writeFileSync(join(folder, 'config'), sandbox.kubeconfig, { mode: 0o600 })
})
afterAll(async () => {
  await sandbox.close()
})

const version = (...flags: readonly string[]) =>
  kds(['version', ...flags], { env: { KUBECONFIG: join(folder, 'config') } })

describe('kds version', () => {
  it('prints client and server as kubectl does', async () => {
    const { out, err, exit } = await version()
    expect(out).toMatch(
      /^Client Version: v0\.0\.0-test\nRules Version: v1\.36\nServer Version: v1\.36\.\d+.*\n$/,
    )
    expect({ err, exit }).toEqual({ err: '', exit: 0 })
  })

  it('asks no server with --client', async () => {
    const { out, exit } = await version('--client', '--server', 'http://127.0.0.1:1')
    expect({ out, exit }).toEqual({ out: 'Client Version: v0.0.0-test\nRules Version: v1.36\n', exit: 0 })
  })

  it('prints a document with -o json', async () => {
    const { out } = await version('-o', 'json')
    expect(JSON.parse(out)).toMatchObject({
      clientVersion: {
        major: '0',
        minor: '0',
        gitVersion: 'v0.0.0-test',
        platform: expect.stringContaining('/'),
      },
      rulesVersion: 'v1.36',
      serverVersion: { major: '1', minor: '36' },
    })
  })

  it('prints a document with -o yaml', async () => {
    const { out } = await version('--client', '-oyaml')
    expect(out).toMatch(/^clientVersion:\n {2}gitVersion: v0\.0\.0-test\n/)
  })

  it('prints the client when the server is not there, and the error after it', async () => {
    const { out, err, exit } = await version('--server', 'http://127.0.0.1:1')
    expect(out).toContain('Client Version')
    expect(err).toContain('The connection to the server 127.0.0.1:1 was refused')
    expect(exit).toBe(1)
  })

  it('refuses another output in the words of kubectl', async () => {
    const { err, exit } = await version('-o', 'xml')
    expect(err).toContain("error: --output must be 'yaml' or 'json'")
    expect(exit).toBe(1)
  })
})
