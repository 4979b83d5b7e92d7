import { type ChildProcess, execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commandFile } from '#commands/sandbox/folder.ts'
import { until } from '../../helpers/live-world.ts'
import { folders, kds, place, start, useProgram } from './program.ts'

const isRoot = process.getuid?.() === 0
const linux = process.platform === 'linux'

/** A sandbox in the foreground that serves. */
async function serving(...flags: readonly string[]) {
  const started = start(['sandbox', 'start', '--nodes=1', ...flags])
  await until(() => started.out().includes('Ctrl-C stops it'))
  return started
}

/** A folder below the place, where no other test finds it. */
function folderOf(name: string): string {
  const path = mkdtempSync(join(place, name))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('how long a sandbox lives', () => {
  useProgram()

  const listed = async () =>
    (JSON.parse((await kds('sandbox', 'status', '-o', 'json')).out) as { items: Record<string, unknown>[] })
      .items

  describe('one whose process is stopped', () => {
    async function stopped(): Promise<ChildProcess> {
      const { child } = await serving()
      child.kill('SIGSTOP')
      return child
    }

    it('is listed as one that does not answer, keeps its kubeconfig, and serves when it goes on', async () => {
      const child = await stopped()
      expect((await kds('sandbox', 'status')).out).toMatch(/ not answering +by hand /)
      expect((await kds('sandbox', 'kubeconfig')).out).toMatch(/^apiVersion: v1\nkind: Config\n/)
      expect(folders()).toHaveLength(1)
      child.kill('SIGCONT')
      expect(await listed()).toMatchObject([{ answers: true }])
    })

    it('is told to end, which it does when it goes on', async () => {
      const child = await stopped()
      const exit = new Promise((resolve) => child.once('exit', resolve))
      const { err, exit: code } = await kds('sandbox', 'stop')
      expect(err).toMatch(
        /^error: the sandbox https:\S+ does not answer; it stops as soon as its process continues\n/,
      )
      if (linux) expect(err).toContain(`hint: kill -KILL ${child.pid} stops it now`)
      expect(code).toBe(1)
      child.kill('SIGCONT')
      expect(await exit).toBe(0)
    })
  })

  it.runIf(linux)('a later process of the same number is not taken for it', async () => {
    const { child, result } = await serving()
    child.kill('SIGKILL')
    await result
    const [folder = ''] = folders()
    const file = join(place, folder, 'sandbox.json')
    const record = JSON.parse(readFileSync(file, 'utf8')) as { owner: { running: object } }
    Object.assign(record.owner.running, { pid: process.pid })
    writeFileSync(file, JSON.stringify(record))
    expect(await listed()).toEqual([])
    expect(folders()).toEqual([])
  })

  it('what is in its folder and not of kds stays', async () => {
    const own = folderOf('mine-')
    writeFileSync(join(own, 'notes.txt'), 'dear')
    const started = start(['sandbox', 'start'], { env: { KDS_SANDBOX_FOLDER: own } })
    await until(() => started.out().includes('Ctrl-C stops it'))
    started.child.kill('SIGINT')
    expect((await started.result).exit).toBe(130)
    expect(readdirSync(own)).toEqual(['notes.txt'])
  })

  it.each(['kubeconfig', 'sandbox.json'])('a %s that is there already is not written over', async (file) => {
    const own = folderOf('mine-')
    writeFileSync(join(own, file), 'dear')
    const { err, exit } = await start(['sandbox', 'start'], { env: { KDS_SANDBOX_FOLDER: own } }).result
    expect(err).toContain(`error: cannot write ${join(own, file)}: it exists already`)
    expect(exit).toBe(1)
    expect(readdirSync(own)).toEqual([file])
    expect(readFileSync(join(own, file), 'utf8')).toBe('dear')
  })

  it.runIf(isRoot && linux)('users without an entry in passwd have them, too', async () => {
    chmodSync(place, 0o777)
    const temporary = folderOf('theirs-')
    chmodSync(temporary, 0o777)
    const env = { TMPDIR: temporary, HOME: '/nonexistent' }
    const as = (...argv: readonly string[]) => start(['sandbox', ...argv], { uid: 12_345, env }).result
    expect(await as('start', '-d')).toMatchObject({ exit: 0, err: '' })
    expect((await as('status')).out).toMatch(/ serving /)
    // Another user's, of the same name, is not trusted.
    expect(await start(['sandbox', 'status'], { env }).result).toMatchObject({
      err: 'No sandbox is running.\n',
    })
    expect(await as('stop')).toMatchObject({ exit: 0, err: '' })
    expect(readdirSync(temporary)).toEqual([])
  })

  it.each([['start'], ['start', '-d'], ['status'], ['stop', '--all'], ['run', '--', 'true']])(
    'a place for it that is not there is an error: %s',
    async (...argv) => {
      const env = { TMPDIR: join(place, 'nowhere') }
      const { err, exit } = await start(['sandbox', ...argv], { env }).result
      expect(err).toMatch(
        /^error: cannot (make a folder|look for sandboxes) in \S+nowhere: there is no such f/,
      )
      expect(err).toContain('hint: ')
      expect(exit).toBe(1)
    },
  )

  it.runIf(linux)('a place for it that nobody can write to is an error', async () => {
    const { err, exit } = await start(['sandbox', 'start'], { env: { TMPDIR: '/proc' } }).result
    expect(err).toMatch(/^error: cannot make a folder in \/proc: .+\nhint: /)
    expect(exit).toBe(1)
  })

  it.each(['{', 'null', '[]', '{"port":"x"}', '{"port":1,"owner":{"host":1}}'])(
    'a record that is none is told, and others are found: %s',
    async (text) => {
      const broken = folderOf('kds-sandbox-')
      writeFileSync(join(broken, 'sandbox.json'), text)
      await serving()
      const told = new RegExp(`^Warning: ${broken}/sandbox.json is not a record of a sandbox\n`)
      const status = await kds('sandbox', 'status')
      expect(status.err).toMatch(told)
      expect(status.out).toMatch(/ serving /)
      expect(await kds('sandbox', 'stop', '--all')).toMatchObject({
        exit: 0,
        out: expect.stringMatching(/ stopped\n$/),
      })
      expect(existsSync(join(broken, 'sandbox.json'))).toBe(true)
    },
  )

  it('a record of kds that was spoilt is cleared away when all are stopped, and ends its sandbox', async () => {
    const { child, result } = await serving()
    const [own = ''] = folders()
    const path = join(place, own)
    writeFileSync(join(path, 'sandbox.json'), '{')
    writeFileSync(join(path, 'notes.txt'), 'dear')
    for (const _ of [1, 2])
      expect((await kds('sandbox', 'status')).err).toContain('\nhint: kds sandbox stop --all clears it away')
    expect(await kds('sandbox', 'stop', '--all')).toEqual({
      out: `${path} cleared away: it held no record of a sandbox\n`,
      err: '',
      exit: 0,
    })
    await result
    expect(child.exitCode).toBe(0)
    expect((await kds('sandbox', 'status')).err).toBe('No sandbox is running.\n')
    expect(readdirSync(path)).toEqual(['notes.txt'])
    rmSync(path, { recursive: true })
  })

  describe('one that nobody asks anything', () => {
    it('ends by itself', async () => {
      const { result } = start(['sandbox', 'start', '--stop-after=1ms'])
      expect((await result).exit).toBe(0)
      expect(folders()).toEqual([])
    })

    it('does so after 12 hours in the background, unless told otherwise', async () => {
      await kds('sandbox', 'start', '-d')
      await kds('sandbox', 'start', '-d', '--stop-after=0')
      await kds('sandbox', 'start', '-d', '--stop-after=90m')
      const idle = (await listed()).map(({ stopAfterSeconds }) => stopAfterSeconds)
      expect(new Set(idle)).toEqual(new Set([43_200, 5_400, undefined]))
      const { out } = await kds('sandbox', 'status')
      for (const words of ['after 12h idle', 'by hand', 'after 90m idle']) expect(out).toContain(words)
    })
  })

  it
    .skipIf(process.platform === 'win32')
    .each([['that ends when asked', 'echo $$; while :; do sleep 0.05; done']])(
    'a command %s does not outlive a kds that is killed',
    async (_, script) => {
      const { child, out, result } = start(['sandbox', 'run', '--', 'sh', '-c', script])
      await until(() => /^\d+\n/.test(out()) && isWatchedOver())
      const pid = Number.parseInt(out(), 10)
      child.kill('SIGKILL')
      await until(() => !lives(pid))
      await result
    },
  )

  describe.skipIf(process.platform === 'win32')('the command of run', () => {
    it('does not outlive a kds that is killed', async () => {
      const { child, out, result } = start(['sandbox', 'run', '--', 'sh', '-c', 'echo $$; exec sleep 1000'])
      await until(() => /^\d+\n/.test(out()) && isWatchedOver())
      child.kill('SIGKILL')
      await until(() => !lives(Number.parseInt(out(), 10)))
      await result
    })

    it('leaves no guard behind when it ends', async () => {
      // The guard of a kds that was killed before may need another second to see that its command is gone.
      const earlier = guards()
      const { exit } = await kds('sandbox', 'run', '--', 'true')
      expect(exit).toBe(0)
      expect(guards().filter((guard) => !earlier.includes(guard))).toEqual([])
    })
  })
})

/** A command may be heard of before kds has told its guard of it. */
const isWatchedOver = () => folders().some((name) => existsSync(join(place, name, commandFile)))

/** Processes with a folder of these tests in their command line. */
const guards = () =>
  execFileSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(place))

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !(linux && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')))
  } catch {
    return false
  }
}
