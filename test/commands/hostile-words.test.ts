import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerFor } from '#commands/complete/answer.ts'
import { registry } from '#commands/registry.ts'
import { kubeconfigOf } from '../helpers/kubeconfig.ts'
import { liveKds } from '../helpers/live-world.ts'
import { kds, words } from '../helpers/run.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { acted, forms, hostile } from './hostile.ts'
import { liveCommands, offlineCommands, ownCommands, serverCommands } from './hostile-commands.ts'
import { type Lie, type LyingServer, lyingServer, send } from './lying-server.ts'

/** No argument of a process and no file name can hold a NUL. */
const typed = hostile.replaceAll('\u0000', '')

let folder: string
const file = (name: string) => join(folder, name)
beforeAll(() => {
  folder = temporaryFolder()
})

const named = registry.commands.map((spec) => [spec.path.join(' '), spec] as const)

it.each(named)('%s is in the sweep, with each of its formats', (name, { flags }) => {
  const swept = [...offlineCommands, ...liveCommands(true), ...serverCommands, ...ownCommands]
  const lines = swept.filter((line) => `${line} `.startsWith(`kds ${name} `))
  expect(lines).not.toEqual([])
  const { choices, suggests } = flags.find((flag) => flag.name === 'output') ?? {}
  const formats = choices ?? suggests ?? []
  expect(formats.filter((format) => !lines.some((line) => line.endsWith(` -o ${format}`)))).toEqual([])
})

describe.each(Object.entries(forms))('hostile words on a %s', (_, form) => {
  const ended = AbortSignal.abort(new Error('ended'))
  const told = async (argv: readonly string[]) => {
    const options = { ...form, cwd: folder, signal: ended }
    const env = { ...('env' in form ? form.env : {}), KUBECONFIG: '/nonexistent', TMPDIR: file('nowhere') }
    const { out, err } = await kds(argv, { ...options, env })
    expect(acted(out), argv.join(' ')).toEqual([])
    expect(acted(err), argv.join(' ')).toEqual([])
  }

  it.each(named)('arguments and flags of %s', async (_name, { path, flags }) => {
    await told([...path, typed])
    await told([...path, `--${typed}`])
    await told([...path, `-${typed}`])
    for (const flag of flags) await told([...path, `--${flag.name}=${typed}`])
  })

  it.each([[], ['help'], ...registry.groups.map(({ path }) => path)].map((path) => [path.join(' '), path]))(
    'what is no command: %s',
    async (_name, path) => {
      await told([...path, typed])
      await told([...path, typed, '--help'])
    },
  )
})

describe('a hostile name of the folder for temporary files', () => {
  const place = () => file(`tmp${typed.replaceAll('/', '')}`)
  beforeAll(() => {
    mkdirSync(join(place(), 'kds-sandbox-x'), { recursive: true, mode: 0o700 })
    writeFileSync(join(place(), 'kds-sandbox-x', 'sandbox.json'), '{')
  })
  describe.each(Object.entries(forms))('on a %s', (form, options) => {
    it.each(ownCommands)('%s', async (command) => {
      const argv = words(command)
        .slice(1)
        .map((word) => word.replace('HOSTILE', typed))
      const env = { ...('env' in options ? options.env : {}), TMPDIR: place() }
      const { out, err } = await kds(argv, { ...options, cwd: folder, env })
      expect(out + err).not.toBe('')
      expect(acted(out), form).toEqual([])
      expect(acted(err), form).toEqual([])
    })
  })
})

describe('a hostile server', () => {
  let server: LyingServer
  beforeAll(async () => {
    server = await lyingServer()
  })
  afterAll(() => server.close())

  const status = (code: number): Lie => {
    const [reason, message] = ['Invalid', hostile]
    const details = { name: hostile, kind: hostile, causes: [{ field: hostile, message: hostile }] }
    return (_request, response) =>
      send(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code, details })
  }
  const lies: Readonly<Record<string, Lie>> = {
    'its version': (_request, response, { object }) =>
      send(response, { ...(object as object), gitVersion: hostile, major: hostile, kind: `x${hostile}` }),
    'its warnings': (_request, response, { object }) => {
      // Of what a header can hold, this is the worst.
      response.setHeader('Warning', `299 - "\u009b2J\u0085 ${'x'.repeat(9)}"`)
      send(response, object)
    },
    'why it refuses': status(422),
    'a page': (_request, response) => response.writeHead(403).end(hostile),
    'where it leads to': (_request, response) =>
      response.writeHead(302, { Location: 'https://elsewhere/\u009b2J' }).end(),
  }
  const cases = Object.keys(lies).flatMap((lie) => serverCommands.map((command) => [lie, command] as const))
  describe.each(Object.entries(forms))('on a %s', (form, options) => {
    it.each(cases)('%s: %s', async (lie, command) => {
      server.lies = [{ to: /./, lie: lies[lie] as Lie }]
      const { out, err } = await liveKds([...words(command).slice(1), '--server', server.url], {
        kubeconfig: '/nonexistent',
        haste: 1000,
        ...options,
      })
      expect(out + err).not.toBe('')
      expect(acted(out), form).toEqual([])
      expect(acted(err), form).toEqual([])
    })
  })

  it.each([
    ['rollout status', '-A', ''],
    ['rollout status', '-n', ''],
    ['plan', 'ds/a', '--node', ''],
    ['rollout undo', '--to-revision='],
  ])('names that TAB offers: %s %s', async (command, ...rest) => {
    server.lies = []
    for (const all of Object.values(server.objects))
      for (const object of all) {
        const metadata = object.metadata as { name: string; annotations?: object }
        metadata.name += hostile
        metadata.annotations = { 'kubernetes.io/change-cause': hostile }
      }
    const env = { KUBECONFIG: '/nonexistent' }
    const clock = { now: () => Date.now(), sleep: () => Promise.resolve() }
    const argv = [...command.split(' '), `--server=${server.url}`, ...rest]
    const answer = await answerFor(argv, { env, cwd: folder, version: '0.0.0-test', clock })
    expect(answer.split('\n').length).toBeGreaterThan(2)
    expect(acted(answer)).toEqual([])
  })
})

describe('a hostile kubeconfig', () => {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/nowhere/plugin',
    interactiveMode: 'Never',
    installHint: 'install it',
  }
  const users: Readonly<Record<string, object>> = {
    'a plugin that is not there': {
      exec: { ...exec, command: `${exec.command}${hostile.replace('\u0000', '')}` },
    },
    'a hint how to install it': { exec: { ...exec, installHint: hostile } },
    'the version of a plugin': { exec: { ...exec, apiVersion: hostile } },
    'a provider': { 'auth-provider': { name: hostile } },
    'a token file': { tokenFile: `/nowhere/${hostile.replace('\u0000', '')}` },
    'a certificate': { 'client-certificate': hostile, 'client-key': hostile },
    ...Object.fromEntries(
      [
        { kind: 'ExecCredential', apiVersion: hostile },
        { kind: hostile, apiVersion: exec.apiVersion },
        { kind: 'ExecCredential', apiVersion: exec.apiVersion, status: { expirationTimestamp: hostile } },
      ].map((answer, at) => [
        `answer ${at} of a plugin`,
        { exec: { ...exec, command: 'echo', args: [JSON.stringify(answer)] } },
      ]),
    ),
  }
  it.each(Object.entries(users))('%s', async (_, user) => {
    const config = kubeconfigOf({ server: 'https://127.0.0.1:1' }, user)
    writeFileSync(file('hostile-config'), JSON.stringify(config), { mode: 0o600 })
    for (const [form, options] of Object.entries(forms)) {
      const { err, exit } = await liveKds(['rollout', 'history', 'ds/a'], {
        kubeconfig: file('hostile-config'),
        ...options,
      })
      expect(exit).toBe(1)
      expect(err).not.toMatch(/refused/)
      expect(acted(err), form).toEqual([])
    }
  })
})
