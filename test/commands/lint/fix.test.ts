import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { daemonSet, workspace } from '../../helpers/workspace.ts'

/** One that needs a single mend, with a comment and a layout of its own. */
const manifest = daemonSet('a')
  .replace('spec:\n', '# the agent\nspec:\n    # as few as can be\n')
  .replace(/^ {2}(?=selector|template)/gm, '    ')
const noisy = manifest.replace('    selector', '    revisionHistoryLimit:   0 # none\n    selector')
const mended = noisy.replace('  0 #', '  10 #')

const only = ['--disable', 'all', '--enable', 'history-limit']
const fix = (cwd: string, ...flags: string[]) =>
  kds(['lint', '-f', 'x.yaml', '--fix', ...only, ...flags], { cwd })
const textOf = (cwd: string, name = 'x.yaml') => readFileSync(join(cwd, name), 'utf8')

describe('kds lint --fix', () => {
  it('mends the place and nothing else, shows the difference, and tells what is left', async () => {
    const cwd = workspace({ 'x.yaml': noisy })
    const { out, exit } = await fix(cwd)
    expect(textOf(cwd)).toBe(mended)
    expect(out).toContain('-    revisionHistoryLimit:   0 # none\n+    revisionHistoryLimit:   10 # none')
    expect(out).toContain('1 finding fixed in 1 file')
    expect(out).toContain('nothing found in 1 DaemonSet')
    expect(exit).toBe(0)
    expect(readdirSync(cwd)).toEqual(['x.yaml'])
  })

  it('is done after once', async () => {
    const cwd = workspace({ 'x.yaml': noisy })
    await fix(cwd)
    expect((await fix(cwd)).out).toContain('nothing can be fixed in place')
    expect(textOf(cwd)).toBe(mended)
  })

  it('--dry-run writes nothing', async () => {
    const cwd = workspace({ 'x.yaml': noisy })
    const { out, exit } = await fix(cwd, '--dry-run')
    expect(textOf(cwd)).toBe(noisy)
    expect(out).toContain('would be fixed in 1 file (dry run)')
    expect(exit).toBe(1)
  })

  it.each([
    ['line ends of Windows', noisy.replaceAll('\n', '\r\n'), mended.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${noisy}`, `\ufeff${mended}`],
    ['no newline at the end', noisy.trimEnd(), mended.trimEnd()],
    [
      'several documents',
      `# one\n---\n${noisy}---\n# last\n${daemonSet('b')}`,
      `# one\n---\n${mended}---\n# last\n${daemonSet('b')}`,
    ],
    [
      'JSON',
      '{"apiVersion":"apps/v1","kind":"DaemonSet", "spec": {"revisionHistoryLimit": 0}}\n',
      '{"apiVersion":"apps/v1","kind":"DaemonSet", "spec": {"revisionHistoryLimit": 10}}\n',
    ],
    [
      'a List',
      `apiVersion: v1\nkind: List\nitems:\n- ${noisy.replaceAll('\n', '\n  ')}\n`,
      `apiVersion: v1\nkind: List\nitems:\n- ${mended.replaceAll('\n', '\n  ')}\n`,
    ],
  ])('keeps %s', async (_, before, after) => {
    const cwd = workspace({ 'x.yaml': before })
    await fix(cwd)
    expect(textOf(cwd)).toBe(after)
  })

  it('keeps permissions and links', async () => {
    const cwd = workspace({ 'real.yaml': noisy })
    chmodSync(join(cwd, 'real.yaml'), 0o640)
    symlinkSync('real.yaml', join(cwd, 'x.yaml'))
    await fix(cwd)
    expect(lstatSync(join(cwd, 'x.yaml')).isSymbolicLink()).toBe(true)
    expect(textOf(cwd, 'real.yaml')).toBe(mended)
    expect(statSync(join(cwd, 'real.yaml')).mode & 0o777).toBe(0o640)
  })

  it('asks where somebody is there, and takes a no', async () => {
    const cwd = workspace({ 'x.yaml': noisy })
    const { err } = await kds(['lint', '-f', 'x.yaml', '--fix', ...only], { cwd, terminal: 80 })
    expect(err).toContain('Write 1 file? (y/N)')
    expect(err).toContain('nothing was written')
    expect(textOf(cwd)).toBe(noisy)
    await kds(['lint', '-f', 'x.yaml', '--fix', '-y', ...only], { cwd, terminal: 80 })
    expect(textOf(cwd)).toBe(mended)
  })

  it('leaves what comments pass over', async () => {
    const text = noisy.replace('    revision', '    # kds-lint-disable-next-line history-limit\n    revision')
    const cwd = workspace({ 'x.yaml': text })
    await fix(cwd)
    expect(textOf(cwd)).toBe(text)
  })

  it('writes nothing in UTF-16', async () => {
    const cwd = workspace({ 'x.yaml': Buffer.from(`\ufeff${noisy}`, 'utf16le') })
    const { err, exit } = await fix(cwd)
    expect(err).toContain('it is not UTF-8')
    expect(exit).toBe(1)
  })

  it('tells what stands behind an alias, and mends the rest', async () => {
    const shared = noisy
      .replace('metadata:', 'x: &limits {revisionHistoryLimit: 0}\nmetadata:')
      .replace('    revisionHistoryLimit:   0 # none\n', '    <<: *limits\n')
    const cwd = workspace({ 'x.yaml': shared.replace(/^x: .*\n/m, ''), 'y.yaml': noisy })
    writeFileSync(join(cwd, 'x.yaml'), `a: &a 0\n${noisy.replace('  0 #', '  *a #')}`)
    const { err } = await fix(cwd, '-f', 'y.yaml')
    expect(err).toContain('history-limit has to be fixed by hand: it is behind an alias')
    expect(textOf(cwd, 'y.yaml')).toBe(mended)
  })

  it.each(['-', 'http://127.0.0.1:1/x.yaml'])('has no file to write for -f %s', async (file) => {
    const { err, exit } = await kds(['lint', '-f', file, '--fix'])
    expect(err).toContain('--fix writes files')
    expect(exit).toBe(1)
  })

  it('never shows what a Secret holds', async () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: |\n    hunter2\n    hunter2\n'
    const near = `${secret}---\n${noisy.replace(/^apiVersion[\s\S]*?# the agent\n/, 'apiVersion: apps/v1\nkind: DaemonSet\n')}`
    const cwd = workspace({
      'x.yaml': near,
      'y.json': `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Secret","data":{"p":"hunter2"}},{"apiVersion":"apps/v1","kind":"DaemonSet","spec":{"revisionHistoryLimit":0}}]}`,
    })
    const { out } = await fix(cwd, '-f', 'y.json')
    expect(out).toContain('2 findings fixed in 2 files')
    expect(out).toContain('+    revisionHistoryLimit:   10')
    expect(out).not.toContain('hunter2')
    expect(textOf(cwd)).toContain('hunter2')
    expect(textOf(cwd, 'y.json')).toContain('"revisionHistoryLimit":10')
  })

  it('-o json is one document; the difference goes to stderr', async () => {
    const cwd = workspace({ 'x.yaml': noisy })
    const { out, err } = await fix(cwd, '-o', 'json')
    expect(JSON.parse(out).findings).toEqual([])
    expect(err).toContain('fixed')
  })
})

/** Every mend that there is, each by its check. */
describe.each<[string, string, string]>([
  [
    'surge-and-unavailable',
    'spec:\n  updateStrategy:\n    rollingUpdate:\n      maxSurge: 1 # new first\n  selector:',
    'spec:\n  updateStrategy:\n    rollingUpdate:\n      maxSurge: 1 # new first\n      maxUnavailable: 0\n  selector:',
  ],
  [
    'restart-policy',
    'spec: {restartPolicy: OnFailure, containers:',
    'spec: {restartPolicy: Always, containers:',
  ],
  ['selector-mismatch', 'metadata: {labels: {app: b, x: z}}', 'metadata: {labels: {app: a, x: z}}'],
  [
    'inert-fields',
    'spec: {topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}], containers:',
    'spec: {containers:',
  ],
  [
    'inert-fields',
    'spec: {affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}, containers:',
    'spec: {containers:',
  ],
  [
    'redundant-toleration',
    'spec: {tolerations: [{operator: Exists}, {key: a, operator: Exists}, {key: b, operator: Exists}], containers:',
    'spec: {tolerations: [{operator: Exists}], containers:',
  ],
  [
    'limits-only',
    'image: i, resources: {limits: {cpu: 1, memory: 1Gi}}',
    'image: i, resources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 1, memory: 1Gi}}',
  ],
  ['retired-api-version', 'extensions/v1beta1', 'apps/v1'],
])('%s', (id, bad, good) => {
  it('is mended as it should be', async () => {
    const clean = daemonSet('a')
    const places: [RegExp, string][] = [
      [/apps\/v1/, 'v1'],
      [/spec:\n {2}selector:/, 'updateStrategy'],
      [/spec: \{containers:/, 'containers:'],
      [/metadata: \{labels: \{app: a\}\}/, 'labels'],
      [/image: i/, 'image: i'],
    ]
    const [place] =
      places.find(([, word]) => bad.includes(word) && (word !== 'v1' || id === 'retired-api-version')) ?? []
    const [before, after] = [clean.replace(place ?? '', bad), clean.replace(place ?? '', good)]
    const cwd = workspace({ 'x.yaml': before })
    await kds(['lint', '-f', 'x.yaml', '--fix', '--disable', 'all', '--enable', id], { cwd })
    expect(textOf(cwd)).toBe(after)
    expect(before).not.toBe(after)
  })
})

it('a file that changed meanwhile is not written over', async () => {
  const { replaceFile } = await import('#manifest/replace-file.ts')
  const cwd = workspace({ 'x.yaml': 'a: 2\n' })
  await expect(replaceFile(join(cwd, 'x.yaml'), 'a: 1\n', 'a: 3\n')).rejects.toThrow(
    'somebody has changed it meanwhile',
  )
  expect(textOf(cwd)).toBe('a: 2\n')
  expect(existsSync(join(cwd, 'x.yaml'))).toBe(true)
})
