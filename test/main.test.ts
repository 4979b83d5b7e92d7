import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { beforeAll, describe, expect, it } from 'vitest'
import { kubeconfigOf } from './helpers/kubeconfig.ts'
import { singleFile } from './helpers/single-file.ts'
import { type Stage, stage } from './helpers/stage.ts'

const nodes = 'examples/cluster.yaml'
const manifest = 'examples/log-agent.yaml'
const nothingThere = 'error: there is no Kubernetes object in stdin: nothing but comments or space\n'

let staged: Stage
const gone = () => join(staged.folder, 'gone')
beforeAll(() => {
  staged = stage()
  if (process.platform !== 'win32') execFileSync('mkfifo', [gone()])
}, 60_000)

const start = (command: string, args: readonly string[]) =>
  spawn(command, args, { env: { ...process.env, KDS: join(staged.bin, 'kds'), GONE: gone() }, stdio: 'pipe' })

/** Runs a line of a shell, where `$KDS` is kds. */
async function shell(line: string) {
  const child = start('sh', ['-c', line])
  child.stdin.end()
  const read = async (stream: Readable) => (await stream.setEncoding('utf8').toArray()).join('')
  const [out, err] = await Promise.all([read(child.stdout), read(child.stderr)])
  return { out, err }
}

describe.skipIf(process.platform === 'win32')('the process', () => {
  describe('reads stdin', () => {
    const plan = `"$KDS" plan -o name --nodes ${nodes} -f -`
    it.each([
      ['from a pipe', `cat ${manifest} | ${plan}`, /^node\/ip-/],
      ['from a file', `${plan} < ${manifest}`, /^node\/ip-/],
    ])('%s', async (_, line, expected) => {
      const { out, err } = await shell(line)
      expect(err).toBe('')
      expect(out).toMatch(expected)
    })

    it.each([
      ['that is closed', `${plan} <&-`],
      ['that is empty', `${plan} < /dev/null`],
    ])('%s', async (_, line) => {
      const { out, err } = await shell(line)
      expect(err.startsWith(nothingThere)).toBe(true)
      expect(out).toBe('')
    })
  })

  describe('writes to a reader that is gone', () => {
    it.each(['--version', '--help', "__complete rollout ''", `plan -f ${manifest} --nodes ${nodes}`])(
      '%s',
      async (words) => {
        // The left side begins when the right side has given up its stdin: a named pipe opens for both at once.
        const { err } = await shell(
          `{ read _ < "$GONE"; "$KDS" ${words}; echo "exit $?" >&2; } | { exec <&-; : > "$GONE"; }`,
        )
        expect(err).toBe('exit 0\n')
      },
    )
  })

  it('writes all of it to a reader that takes its time', async () => {
    // Far more than a pipe holds; the reader begins when kds has written what it can without one.
    const page = `"$KDS" plan -f ${manifest} --nodes ${nodes} -o html`
    const { out } = await shell(`${page} | { read -r first; sleep 0.5; tail -n 1; }`)
    expect(out).toMatch(/<\/html>\n$/)
  })

  it.skipIf(!existsSync('/dev/full')).each(['--version', '--help'])(
    'says that %s cannot be written',
    async (words) => {
      const { err } = await shell(`"$KDS" ${words} > /dev/full; echo "exit $?" >&2`)
      expect(err).toMatch(/^error: cannot write the output: ENOSPC.*\nexit 1\n$/)
    },
  )

  it.skipIf(singleFile)('does not end as if all were well where nothing can happen any more', async () => {
    const preload = join(staged.folder, 'stuck.cjs')
    const stuck = '{ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }'
    writeFileSync(preload, `Object.defineProperty(process, 'stdin', { value: ${stuck} })`)
    const { err } = await shell(
      `NODE_OPTIONS="-r ${preload}" "$KDS" plan -f - --nodes ${nodes}; echo "exit $?" >&2`,
    )
    expect(err).toMatch(/^error: internal error: it waits for what never comes\nhint: .*\nexit 1\n$/)
  })

  it('is ended by Ctrl-C while it reads stdin', async () => {
    const child = start(join(staged.bin, 'kds'), ['plan', '-f', '-', '--nodes', nodes])
    // More than a pipe holds: once it is gone, kds reads.
    const padding = '# nothing yet\n'.repeat(100_000)
    await new Promise((resolve) => child.stdin.write(padding, resolve))
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT'])
  })

  it.each([['rollout', 'history'], ['rollout', 'restart'], ['plan'], ['lint', '--live']])(
    'is ended by one Ctrl-C while %s %s waits for a pipe with a name',
    async (...words) => {
      const config = join(staged.folder, 'config')
      writeFileSync(config, JSON.stringify(kubeconfigOf({ server: 'http://127.0.0.1:1' })))
      const child = start(join(staged.bin, 'kds'), [...words, '--kubeconfig', config, '-f', gone()])
      const exit = once(child, 'exit')
      // Opens when kds has opened its end.
      const writer = await open(gone(), 'w')
      try {
        child.kill('SIGINT')
        expect(await exit).toEqual([130, null])
      } finally {
        child.kill('SIGKILL')
        await writer.close()
      }
    },
  )

  it('takes a credential plugin that will not end along at Ctrl-C', async () => {
    const config = join(staged.folder, 'plugin-config')
    // It says that it is up when it minds no signal any more.
    const script =
      "process.on('SIGINT',()=>{});process.on('SIGTERM',()=>{});process.stderr.write('up');setInterval(()=>{},1e3)"
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', script],
      interactiveMode: 'Never',
    }
    writeFileSync(config, JSON.stringify(kubeconfigOf({ server: 'https://127.0.0.1:1' }, { exec })))
    const child = start(join(staged.bin, 'kds'), ['rollout', 'history', 'ds/a', '--kubeconfig', config])
    expect(String((await once(child.stderr, 'data'))[0])).toBe('up')
    child.stdout.resume()
    child.stderr.resume()
    child.kill('SIGINT')
    // The plugin writes to the stderr of kds: it is closed when both have ended.
    expect(await once(child, 'close')).toEqual([130, null])
  })

  it('reads a pipe with a name', async () => {
    const { out, err } = await shell(
      `cat ${manifest} > "$GONE" & "$KDS" plan -o name --nodes ${nodes} -f "$GONE"`,
    )
    expect(err).toBe('')
    expect(out).toMatch(/^node\/ip-/)
  })
})

/** Makes 200 MB of objects, a tenth of which live for a while; prints how much room V8 has then for new ones. */
const script = `
const v8 = require('node:v8')
if (process.env.FLAG) v8.setFlagsFromString(process.env.FLAG)
const kept = []
for (let at = 0; at < 2e6; at++) kept[at % 2e5] = { at, of: [at, at + 1], text: 'x' + at }
console.log(v8.getHeapSpaceStatistics().find((one) => one.space_name === 'new_space').space_size)`

function roomForNew(flag: string) {
  const env = { ...process.env, FLAG: flag }
  const { stderr, stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', env })
  expect(stderr).toBe('')
  return Number(stdout) / 2 ** 20
}

it('V8 knows the flag that keeps its room for new objects small', () => {
  const [noGrowth = ''] = /--semi-space[\w-]+=1/.exec(readFileSync('src/main.ts', 'utf8')) ?? []
  expect(roomForNew(noGrowth)).toBeLessThan(8)
  expect(roomForNew('')).toBeGreaterThan(16)
})

it('the V8 of Node 20 alone knows the flag that has it compile less', () => {
  const complains = (flag: RegExp) => {
    const [found] = flag.exec(readFileSync('src/main.ts', 'utf8')) ?? []
    const set = `require('node:v8').setFlagsFromString(${JSON.stringify(found)})`
    return spawnSync(process.execPath, ['-e', set], { encoding: 'utf8' }).stderr.includes('unrecognized flag')
  }
  expect(complains(/--interrupt-budget=\d+/)).toBe(!process.version.startsWith('v20.'))
  for (const flag of [/--heap-growing-percent=\d+/, /--no-turbofan/]) expect(complains(flag)).toBe(false)
})

/** Compiles a text under the flags, set and set back; prints the code to be kept, or whether V8 takes what was kept before. */
const keeping = `
const { Script } = require('node:vm')
const { setFlagsFromString } = require('node:v8')
const cachedData = process.env.KEPT ? Buffer.from(process.env.KEPT, 'base64') : undefined
for (const flag of process.env.FLAGS.split(' ').filter(Boolean)) setFlagsFromString(flag)
const script = new Script('(function () { return 1 })', { filename: 'x', cachedData })
console.log(cachedData ? script.cachedDataRejected : script.createCachedData().toString('base64'))`

it('V8 takes code that was kept under the flags of the start once those that kds sets are as they were', () => {
  const set = [...readFileSync('src/main.ts', 'utf8').matchAll(/setFlag\('(\S+)', '(\S+)'\)/g)]
  const on = (major: number) => process.version.startsWith(`v${major}.`)
  const here = set.filter(([text]) =>
    /budget|reducer/.test(text) ? on(20) : !text.includes('turbofan') || !on(22),
  )
  const run = (FLAGS: string, KEPT = '') =>
    spawnSync(process.execPath, ['-e', keeping], { encoding: 'utf8', env: { ...process.env, FLAGS, KEPT } })
      .stdout
  const kept = run('')
  const now = here.map(([, flag]) => flag).join(' ')
  const before = here.map(([, , flag]) => flag).join(' ')
  expect(set).toHaveLength(5)
  expect(run(now, kept)).toBe('true\n')
  expect(run(`${now} ${before}`, kept)).toBe('false\n')
})
