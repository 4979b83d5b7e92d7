import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { daemonSet, workspace } from '../../helpers/workspace.ts'

const noisy = daemonSet('a').replace('spec:\n', 'spec:\n  revisionHistoryLimit: 0\n')

/** Runs lint in a folder of these files, and answers the ids of what it finds. */
async function found(files: Readonly<Record<string, string>>, ...flags: string[]) {
  const result = await kds(['lint', '-f', 'x.yaml', '-o', 'json', ...flags], { cwd: workspace(files) })
  const report = result.out === '' ? { findings: [] } : JSON.parse(result.out)
  return { ...result, report, ids: report.findings.map(({ check }: { check: string }) => check) as string[] }
}

describe('kds lint', () => {
  it('holds to docs/lint.schema.json, in both notations', async () => {
    const validate = new Ajv2020({ allErrors: true }).compile(
      JSON.parse(readFileSync('docs/lint.schema.json', 'utf8')),
    )
    const argv = ['lint', '-R', '-f', 'examples', '--nodes', 'examples/cluster.yaml', '-o']
    const json = JSON.parse((await kds([...argv, 'json'])).out)
    validate(json)
    expect(validate.errors).toBeNull()
    expect(json.findings.length).toBeGreaterThan(10)
    expect(load((await kds([...argv, 'yaml'])).out)).toEqual(json)
  })

  it.each([
    ['warning', 1],
    ['info', 1],
    ['error', 0],
    ['never', 0],
  ])('--fail-on %s exits with %i for a warning', async (level, code) => {
    const { exit, ids } = await found({ 'x.yaml': noisy }, '--fail-on', level)
    expect(ids).toContain('history-limit')
    expect(exit).toBe(code)
  })

  it('fails on warnings unless it is told otherwise', async () => {
    expect((await found({ 'x.yaml': noisy })).exit).toBe(1)
    expect((await found({ 'x.yaml': noisy }, '--disable', 'all', '--enable', 'no-priority')).exit).toBe(0)
  })

  it('--disable and --enable choose, the latter in the end', async () => {
    expect((await found({ 'x.yaml': noisy }, '--disable', 'history-limit,no-priority')).ids).not.toContain(
      'no-priority',
    )
    expect((await found({ 'x.yaml': noisy }, '--disable', 'all', '--enable', 'history-limit')).ids).toEqual([
      'history-limit',
    ])
  })

  it('names the nearest for a check that there is not', async () => {
    const { err, exit } = await found({ 'x.yaml': noisy }, '--disable', 'histroy-limit')
    expect(err).toContain('did you mean history-limit?')
    expect(exit).toBe(1)
  })

  it('several files, Lists and other kinds: only DaemonSets are linted', async () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }, load(noisy)],
    })
    const { report } = await found(
      { 'x.yaml': list, 'y.yaml': daemonSet('b') },
      '-f',
      'y.yaml',
      '--enable',
      'no-priority',
      '--disable',
      'all',
    )
    expect(report.summary.daemonSets).toBe(2)
    expect(report.findings.map(({ file }: { file: string }) => file)).toEqual(['x.yaml', 'y.yaml'])
  })

  it('-n says the namespace of those that name none', async () => {
    const { ids } = await found({ 'x.yaml': noisy }, '-n', 'default')
    expect(ids).toContain('default-namespace')
    expect((await found({ 'x.yaml': noisy })).ids).not.toContain('default-namespace')
  })

  it('-f - --nodes - cannot both have standard input', async () => {
    expect((await kds(['lint', '-f', '-', '--nodes', '-'])).err).toContain('both want standard input')
  })
})

describe('comments', () => {
  const commented = (comment: string) =>
    noisy.replace('  revisionHistoryLimit', `  ${comment}\n  revisionHistoryLimit`)

  it.each([
    ['# kds-lint-disable-next-line history-limit we keep charts', true],
    ['# kds-lint-disable-next-line no-priority, history-limit', true],
    ['# kds-lint-disable-next-line history-limit\n  # kds-lint-disable-next-line no-priority', true],
    ['# kds-lint-disable-next-line no-priority', false],
    ['# kds-lint-disable-next-line history-limit\n  # another comment', false],
    ['# kds-lint-disable-next-line', false],
  ])('%s', async (comment, passedOver) => {
    const { ids, report } = await found({ 'x.yaml': commented(comment) })
    expect(ids.includes('history-limit')).toBe(!passedOver)
    expect(report.summary.suppressed).toBe(passedOver ? 1 : 0)
  })
})

describe('.kds-lint.yaml', () => {
  it('is taken from the nearest folder above', async () => {
    const cwd = workspace({
      '.kds-lint.yaml': 'disable: [all]',
      'deep/.kds-lint.yaml': 'disable: [no-priority]\nseverity: {history-limit: error}\n',
      'deep/er/x.yaml': noisy,
    })
    const { out } = await kds(['lint', '-f', 'x.yaml', '-o', 'json'], { cwd: `${cwd}/deep/er` })
    const { findings } = JSON.parse(out)
    const shown = findings.map((one: { check: string; severity: string }) => [one.check, one.severity])
    expect(shown).toContainEqual(['history-limit', 'error'])
    expect(shown.map(([id]: string[]) => id)).not.toContain('no-priority')
  })

  it('gives way to flags', async () => {
    const files = { 'x.yaml': noisy, '.kds-lint.yaml': 'disable: [history-limit]\nfailOn: never\n' }
    expect(await found(files)).toMatchObject({ exit: 0 })
    expect((await found(files)).ids).not.toContain('history-limit')
    expect((await found(files, '--enable', 'history-limit')).ids).toContain('history-limit')
    expect((await found(files, '--fail-on', 'warning')).exit).toBe(1)
  })

  it('--config names another', async () => {
    const files = { 'x.yaml': noisy, '.kds-lint.yaml': 'disable: [history-limit]', 'c.yaml': '# nothing\n' }
    expect((await found(files, '--config', 'c.yaml')).ids).toContain('history-limit')
    expect((await found(files, '--config', 'd.yaml')).err).toContain('the path "d.yaml" does not exist')
  })

  it.each([
    ['- a', 'must be a mapping'],
    ['disabled: []', 'there is no setting "disabled"'],
    ['disable: [x]', 'there is no check "x"'],
    ['severity: {x: info}', 'there is no check "x"'],
    ['severity: {refused: bad}', '"bad" is not a severity'],
    ['failOn: often', '"often" is not a level'],
  ])('%s is refused with its place', async (text, message) => {
    const { err, exit } = await found({ 'x.yaml': noisy, '.kds-lint.yaml': text })
    expect(err).toContain(message)
    expect(err).toMatch(/\.kds-lint\.yaml:1:\d+/)
    expect(exit).toBe(1)
  })
})

describe('what must not be seen', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's' },
    stringData: { password: 'hunter2' },
  }

  it('a value of a Secret on the same line', async () => {
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [secret, load(noisy)] })
    const { out } = await kds(['lint', '-f', '-'], { stdin: list })
    expect(out).toContain('history-limit')
    expect(out).not.toContain('hunter2')
  })

  it('a value that stands in a variable', async () => {
    const text = daemonSet('a').replace('image: i', 'image: i, env: [{name: API_TOKEN, value: hunter2}]')
    const { out } = await kds(['lint', '-f', '-', '--disable', 'all', '--enable', 'secret-literal'], {
      stdin: text,
    })
    expect(out).toContain('secret-literal')
    expect(out).not.toContain('hunter2')
  })
})

it('speaks to no cluster unless --live is given', async () => {
  const env = { KUBECONFIG: '/nonexistent/config' }
  expect((await kds(['lint', '-f', 'examples/log-agent.yaml'], { env })).exit).toBe(0)
  const live = await kds(['lint', '-f', 'examples/log-agent.yaml', '--live'], { env })
  expect(live).toMatchObject({ exit: 1, out: '' })
})
