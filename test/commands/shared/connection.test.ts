import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { parseInvocation } from '#cli/parser.ts'
import { registry } from '#commands/registry.ts'
import { connectionFlagsOf } from '#commands/shared/connection-flags.ts'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { exampleDaemonSet, kubectlFor, kubectlVersion } from '../../helpers/kubectl.ts'
import { type LiveOptions, liveKds } from '../../helpers/live-world.ts'
import { kds } from '../../helpers/run.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

const specOf = (...path: readonly string[]) => {
  const spec = registry.commands.find((one) => one.path.join(' ') === path.join(' '))
  if (!spec) throw new Error(`no command ${path.join(' ')}`)
  return spec
}

describe.skipIf(!kubectlVersion)(
  kubectlVersion ? `flags of kubectl ${kubectlVersion}` : 'flags of kubectl: skipped, there is none',
  () => {
    const listed = (...argv: readonly string[]) =>
      kubectlVersion
        ? [
            ...execFileSync('kubectl', [...argv], { encoding: 'utf8' }).matchAll(
              /^ +(?:-(.), )?--([a-z-]+)/gm,
            ),
          ].map(([, short, name]) => ({ name, short }))
        : []
    const missing = (
      path: readonly string[],
      wanted: readonly { name: string | undefined; short: string | undefined }[],
    ) => {
      const { flags } = specOf(...path)
      return wanted.filter(
        ({ name, short }) =>
          !flags.some((flag) => flag.name === name && (short === undefined || flag.short === short)),
      )
    }

    it.each(['status', 'history', 'undo', 'restart', 'pause', 'resume'])('rollout %s knows each', (verb) => {
      const wanted = [...listed('options'), ...listed('rollout', verb, '--help')]
      expect(wanted.length).toBeGreaterThan(30)
      expect(missing(['rollout', verb], wanted)).toEqual([])
    })

    it('plan knows those for the connection', () => {
      expect(missing(['plan'], listed('options'))).toEqual([])
    })
  },
)

describe('connection flags', () => {
  const flagsOf = (...argv: readonly string[]) =>
    connectionFlagsOf(parseInvocation(specOf('rollout', 'status'), argv))

  it('leave the kubeconfig alone where they are not given', () => {
    expect(flagsOf('ds/a')).toEqual({})
  })

  it.each([
    [['--kubeconfig', 'f'], { kubeconfig: 'f' }],
    [['--context=c'], { context: 'c' }],
    [['--cluster', 'c'], { cluster: 'c' }],
    [['--user', 'u'], { user: 'u' }],
    [['-nspace'], { namespace: 'space' }],
    [['-s', 'https://x'], { server: 'https://x' }],
    [['--token', 't'], { token: 't' }],
    [
      ['--as=a', '--as-group=g', '--as-group=h', '--as-uid=7'],
      { as: 'a', 'as-group': ['g', 'h'], 'as-uid': '7' },
    ],
    [['--as=a', '--as-user-extra=k=v'], { as: 'a', 'as-user-extra': ['k=v'] }],
    [['--certificate-authority=f'], { 'certificate-authority': 'f' }],
    [['--client-certificate=f', '--client-key=k'], { 'client-certificate': 'f', 'client-key': 'k' }],
    [['--tls-server-name=n'], { 'tls-server-name': 'n' }],
    [['--insecure-skip-tls-verify'], { 'insecure-skip-tls-verify': true }],
    [['--insecure-skip-tls-verify=false'], { 'insecure-skip-tls-verify': false }],
    [['--kuberc=f'], { kuberc: 'f' }],
    [['--request-timeout', '5'], { 'request-timeout': '5' }],
    [['--username=u', '--password=p'], { username: 'u', password: 'p' }],
    [['--disable-compression'], { 'disable-compression': true }],
  ])('%j', (argv, expected) => {
    expect(flagsOf('ds/a', ...argv)).toMatchObject(expected)
  })
})

describe('a connection', () => {
  let sandbox: Sandbox
  let folder: string
  let kubeconfig: string

  beforeAll(async () => {
    sandbox = await startSandbox({ objects: simulatedNodes(2), speed: 10, faults: true })
    folder = temporaryFolder()
    kubeconfig = join(folder, 'config')
    writeFileSync(kubeconfig, sandbox.kubeconfig, { mode: 0o600 })
  })
  beforeEach(() => sandbox.control.setFaults([]))
  afterAll(async () => {
    await sandbox.close()
  })

  const run = (line: string, options: Partial<LiveOptions> = {}) =>
    liveKds(line.split(' '), { kubeconfig, ...options })

  it('takes flags before the command, as kubectl does', async () => {
    const { err } = await run(`--kubeconfig ${kubeconfig} -n kube-system rollout history ds/none`)
    expect(err).toBe('Error from server (NotFound): daemonsets.apps "none" not found\n')
  })

  it('needs no kubeconfig when flags say it all', async () => {
    const flags = `-s ${sandbox.url} --token ${sandbox.token} --insecure-skip-tls-verify`
    const { err, exit } = await run(`rollout history ds ${flags}`, { kubeconfig: '/nonexistent' })
    expect({ err, exit }).toEqual({ err: 'No resources found in default namespace.\n', exit: 0 })
  })

  it.each([
    [
      'rollout status ds/a --context nope',
      'Error in configuration: context was not found for specified context: nope\nhint: there are: kds-sandbox\n',
    ],
    [
      'rollout status ds/a --cluster nope',
      'error: no server found for cluster "nope"\nhint: there are: kds-sandbox\n',
    ],
    [
      'rollout status ds/a --context kds-sandbx',
      'Error in configuration: context was not found for specified context: kds-sandbx\nhint: did you mean kds-sandbox?\n',
    ],
    [
      'rollout status ds/a --user nope',
      'error: auth info "nope" does not exist\nhint: there are: kds-sandbox\n',
    ],
    [
      'rollout status ds/a --kubeconfig /nonexistent',
      'error: stat /nonexistent: no such file or directory\n',
    ],
    ['rollout status ds/a --token bad', 'error: You must be logged in to the server (Unauthorized)\n'],
    [
      'rollout status ds/a -s https://127.0.0.1:1',
      'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n',
    ],
    [
      'rollout status ds/a --request-timeout=soon',
      'error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)\n',
    ],
  ])('%s', async (line, err) => {
    expect(await run(line)).toEqual({ out: '', err, exit: 1 })
  })

  it('ends at Ctrl-C while the server hangs', async () => {
    const controller = new AbortController()
    const server = createServer(() => controller.abort(new Error('interrupted')))
    onTestFinished(() => void server.close().closeAllConnections())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const line = `rollout history ds/a --server http://127.0.0.1:${port}`
    expect(await run(line, { signal: controller.signal })).toEqual({ out: '', err: '', exit: 130 })
  })

  it('shows requests at -v=6, and never the token', async () => {
    for (const level of ['-v=6', '-v=9', '-v10', '--v=99']) {
      const { err } = await run(`rollout history ds ${level}`)
      expect(err).toMatch(
        /GET https:\/\/127\.0\.0\.1:\d+\/apis\/apps\/v1\/namespaces\/default\/daemonsets\S* 200 OK/,
      )
      expect(err).not.toContain(sandbox.token)
    }
    const { err } = await run('rollout history ds --token secret-of-mine -v=10')
    expect(err).not.toContain('secret-of-mine')
  })
})

describe('plan against a live cluster', () => {
  let sandbox: Sandbox
  let folder: string
  let kubeconfig: string
  const manifest = () => join(folder, 'ds.yaml')

  beforeAll(async () => {
    const nodes = simulatedNodes(4)
    const tainted = { ...nodes[3], spec: { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] } }
    sandbox = await startSandbox({ objects: [...nodes.slice(0, 3), tainted], speed: 20, faults: true })
    folder = temporaryFolder()
    kubeconfig = join(folder, 'config')
    writeFileSync(kubeconfig, sandbox.kubeconfig, { mode: 0o600 })
    writeFileSync(manifest(), exampleDaemonSet)
  })
  beforeEach(() => sandbox.control.setFaults([]))
  afterAll(async () => {
    await sandbox.close()
  })
  const run = (...argv: readonly string[]) => liveKds(argv, { kubeconfig })

  it('tells what a new DaemonSet brings', async () => {
    const { err, exit, out } = await run('plan', '-f', manifest(), '--detailed-exitcode')
    expect({ err, exit }).toEqual({ err: '', exit: 2 })
    expect(out).toMatch(/^3 to create: /)
    expect(out).toMatch(/taint a=b:NoSchedule is not tolerated\n +node-4/)
  })

  it('lets the server refuse what it would not take', async () => {
    const bad = join(folder, 'bad.yaml')
    writeFileSync(
      bad,
      exampleDaemonSet.replace('matchLabels:\n      app: example', 'matchLabels:\n      app: other'),
    )
    const { err, exit, out } = await run('plan', '-f', bad, '--server-dry-run', '--force')
    expect({ exit, out }).toEqual({ exit: 1, out: '' })
    expect(err).toMatch(/^The DaemonSet "example-daemonset" is invalid: spec\.template\.metadata\.labels: /m)
  })

  describe.skipIf(!kubectlVersion)(
    kubectlVersion ? 'once it is there' : 'once it is there: skipped, there is no kubectl',
    () => {
      // biome-ignore lint/suspicious/noDuplicateTestHooks: it is the only one of this block
      beforeAll(async () => {
        const kubectl = kubectlFor(sandbox)
        await kubectl.run(['create', '-f', manifest()])
        await kubectl.run(['rollout', 'status', 'ds/example-daemonset'])
      })

      it('changes nothing when it is the same', async () => {
        for (const source of [
          ['ds/example-daemonset'],
          ['-f', manifest()],
          ['-f', manifest(), '--server-dry-run'],
        ]) {
          const { err, exit, out } = await run('plan', ...source, '--detailed-exitcode')
          expect({ source, err, exit }).toEqual({ source, err: '', exit: 0 })
          expect(out).toMatch(/^no change, 3 unchanged: default\/example-daemonset/)
        }
      })

      it('replaces what is of an older template, the server asked or not', async () => {
        const newer = join(folder, 'newer.yaml')
        writeFileSync(newer, exampleDaemonSet.replace('nginx:latest', 'nginx:alpine'))
        for (const flags of [[], ['--server-dry-run']]) {
          const { exit, out } = await run('plan', '-f', newer, '--detailed-exitcode', ...flags)
          expect(exit).toBe(2)
          expect(out).toMatch(/^3 to replace: /)
        }
      })

      it('does not let the selector change', async () => {
        const other = join(folder, 'other.yaml')
        writeFileSync(other, exampleDaemonSet.replaceAll('app: example', 'app: other'))
        const { err } = await run('plan', '-f', other, '--server-dry-run')
        expect(err).toMatch(/spec\.selector: .*field is immutable/)
      })
    },
  )

  it.each([
    [['ds/nope'], 'Error from server (NotFound): daemonsets.apps "nope" not found\n'],
    [['ds/a', '-f', 'x.yaml'], 'error: only one of a file and ds/NAME can be planned at a time\n'],
    [['ds/a', '--server-dry-run'], 'error: --server-dry-run sends a manifest: it needs -f FILE or -k DIR\n'],
    [
      ['ds/a', '--nodes', 'x.yaml'],
      'error: ds/NAME is looked up in a cluster or a --snapshot: --nodes has only Nodes\n',
    ],
  ])('refuses %j', async (argv, words) => {
    const { err, exit } = await run('plan', ...argv)
    expect(err.startsWith(words)).toBe(true)
    expect(exit).toBe(1)
  })

  it('points to files when there is no cluster', async () => {
    const { err, exit } = await run('plan', '-f', manifest(), '-s', 'https://127.0.0.1:1')
    expect(exit).toBe(1)
    expect(err).toMatch(/was refused - did you specify the right host or port\?\nhint: .*--nodes FILE/)
  })

  it('needs no cluster when files say what it looks like', async () => {
    const nodes = join(folder, 'nodes.json')
    writeFileSync(nodes, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: simulatedNodes(2) }))
    const { exit, err } = await kds(['plan', '-f', manifest(), '--nodes', nodes], {
      env: { KUBECONFIG: '/nonexistent' },
    })
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
  })
})
