import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import { beforeAll, describe, expect, it } from 'vitest'
import { startSandbox } from '#sandbox/sandbox.ts'
import { startForge } from './forge.ts'
import { documentsOf, type Ended, manifest, Workplace } from './workplace.ts'

interface Step {
  readonly id?: string
  readonly if?: string
  readonly uses?: string
  readonly with?: Record<string, string>
  readonly run?: string
  readonly env?: Record<string, string>
}
interface Action {
  readonly inputs: Record<string, { readonly default: string }>
  readonly outputs: Record<string, { readonly value: string }>
  readonly runs: { readonly steps: readonly Step[] }
}

let action: Action
beforeAll(async () => {
  action = (await documentsOf('action.yml'))[0] as unknown as Action
})
const at = new Workplace()

const snapshot = { snapshot: 'cluster/nodes.yaml\ncluster/state.yaml' }

const pageUrl = 'https://github.com/octo-org/platform/actions/runs/16/artifacts/2048'

/** What an upload answers: the address of what is there, and an error for what is not, as the action itself does. */
function upload({ archive = 'true', path = '' }: Record<string, string>): Record<string, string> {
  expect(existsSync(path), path).toBe(true)
  expect(statSync(path).isDirectory()).toBe(archive === 'true')
  return { 'artifact-url': archive === 'true' ? 'https://github.com/zip' : pageUrl }
}

/**
 * Runs the steps of action.yml as a runner does: what is between the braces is put in beforehand, a step whose condition does not
 * hold is left out, and one that fails makes the job fail. Answers that, and the action's outputs.
 */
async function githubJob(
  inputs: Record<string, string>,
  event = 'github-pull-request.json',
): Promise<Ended & { readonly outputs: Record<string, string> }> {
  const given = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: usual }]) => [name, usual]),
  )
  const known: Record<string, string> = { 'runner.temp': at.folder, 'github.token': 'ghs_token' }
  const filled = (text: string): string =>
    text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) =>
      name.startsWith('inputs.') ? filled({ ...given, ...inputs }[name.slice(7)] ?? '') : (known[name] ?? ''),
    )
  const allFilled = (texts: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, filled(String(value))]))
  let [exit, told]: [Ended['exit'], string] = [0, '']
  for (const [index, step] of action.runs.steps.entries()) {
    const { run, uses = '' } = step
    if (!holds(step, exit !== 0, filled)) continue
    const output = join(at.folder, `output-${index}`)
    const remember = (entries: readonly (readonly string[])[]) => {
      for (const [name, value] of entries) known[`steps.${step.id}.outputs.${name}`] = value ?? ''
    }
    if (uses.startsWith('actions/upload-artifact@')) remember(Object.entries(upload(allFilled(step.with))))
    if (run === undefined) continue
    const ended = await at.shell(run, {
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: resolve('.'),
      GITHUB_API_URL: at.forge.url,
      GITHUB_EVENT_PATH: resolve('test/fixtures/project', event),
      GITHUB_OUTPUT: output,
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_REPOSITORY: 'octo-org/platform',
      GITHUB_SHA: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
      GITHUB_STEP_SUMMARY: join(at.folder, 'summary.md'),
      ...allFilled(step.env),
    })
    if (existsSync(output)) {
      const lines = readFileSync(output, 'utf8').trimEnd().split('\n')
      remember(lines.map((line) => line.split(/=(.*)/)))
      rmSync(output)
    }
    told += ended.text
    exit = exit === 0 ? ended.exit : exit
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value)])
  return { exit, text: told, outputs: Object.fromEntries(outputs) }
}

/** The conditions that the action knows; without one, a step is left out once another has failed. */
function holds({ if: condition }: Step, hasFailed: boolean, filled: (text: string) => string): boolean {
  if (condition === undefined) return !hasFailed
  const [, name] = /^\$\{\{ !cancelled\(\) && (steps\.[\w.-]+) != '' \}\}$/.exec(condition) ?? []
  if (name === undefined) throw new Error(`another condition: ${condition}`)
  return filled(`\${{ ${name} }}`) !== ''
}
describe('action.yml', () => {
  it('is as GitHub wants the metadata of an action, and names what it uses by its digest', () => {
    const schema = JSON.parse(readFileSync('test/fixtures/project/action.schema.json', 'utf8'))
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema)
    expect(validate(action) ? [] : validate.errors).toEqual([])
    const uses = readFileSync('action.yml', 'utf8').match(/uses: .*/g) ?? []
    expect(uses.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([])
  })

  it('hands every input to a step, and none to a script', () => {
    const env = JSON.stringify(action.runs.steps.map((step) => step.env))
    for (const name of Object.keys(action.inputs)) expect(env).toContain(`inputs.${name} }}`)
    expect(action.runs.steps.filter(({ run }) => run?.includes('${{'))).toEqual([])
  })

  it('installs the version that it is of', async () => {
    await githubJob(snapshot)
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(readFileSync(join(at.folder, 'npm'), 'utf8')).toBe(`install --global kds@${version}\n`)
  })
})

describe('a pull request on GitHub', () => {
  it('gets one comment with the plan of what it changes', async () => {
    const { exit, outputs, text } = await githubJob(snapshot)
    expect({ exit, text: exit === 0 ? '' : text }).toEqual({ exit: 0, text: '' })
    expect(at.writes()).toEqual(['POST /repos/octo-org/platform/issues/7/comments'])
    const body = at.forge.comments.get(1) ?? ''
    expect(body).toMatch(
      /^<!-- kds-plan -->\n## kds-plan: The plan was made\.\n\n\[The plan as a page\]\((\S+)\): /,
    )
    expect(body).toContain('Manifest: `manifests/agent.yaml`')
    expect(body).toMatch(/\d+ to replace, .*: logging\/log-agent/)
    expect(at.forge.asked.every(({ token }) => token === 'Bearer ghs_token')).toBe(true)
    expect(outputs).toEqual({
      'exit-code': '0',
      'comment-url': 'https://forge/c/1',
      'page-url': pageUrl,
      folder: join(at.folder, 'kds-plan'),
    })
    const [link = ''] = /^\[The plan as a page\].*\n\n/m.exec(body) ?? []
    expect(link).toContain(`](${pageUrl})`)
    expect(readFileSync(join(at.folder, 'summary.md'), 'utf8')).toBe(body.replace(link, ''))
    expect(readFileSync(join(at.folder, 'kds-plan/plan.md'), 'utf8')).toBe(body.replace(link, ''))
    expect(readFileSync(join(at.folder, 'kds-plan/kds-plan.html'), 'utf8')).toContain('log-agent')
    expect(JSON.parse(readFileSync(join(at.folder, 'kds-plan/lint.sarif'), 'utf8')).version).toBe('2.1.0')
  })

  it('has its comment replaced, wherever it stands among others', async () => {
    for (let id = 1; id <= 130; id++) at.forge.comments.set(id, `comment ${id}`)
    at.forge.comments.set(120, '<!-- kds-plan -->\nold')
    await githubJob(snapshot)
    expect(at.writes()).toEqual(['PATCH /repos/octo-org/platform/issues/comments/120'])
    expect(at.forge.comments.get(120)).toContain('log-agent')
  })

  it('has a comment for each cluster that it is planned against', async () => {
    await githubJob({ ...snapshot, name: 'staging' })
    const { outputs } = await githubJob({ ...snapshot, name: 'production' })
    await githubJob({ ...snapshot, name: 'staging' })
    expect(at.writes().map((one) => one.replace(/.*issues/, ''))).toEqual([
      '/7/comments',
      '/7/comments',
      '/comments/1',
    ])
    expect(at.forge.comments.get(2)).toMatch(/^<!-- production -->\n## production: /)
    expect(existsSync(join(outputs.folder ?? '', 'production.html'))).toBe(true)
  })

  it("gets one of its own where someone else's has our mark", async () => {
    at.forge.comments.set(1, '<!-- kds-plan -->\nI am not the plan')
    at.forge.refuses = /^PATCH/
    const { exit } = await githubJob(snapshot)
    expect({ exit, there: at.forge.comments.size }).toEqual({ exit: 0, there: 2 })
  })

  it('is held by a rule, with the plan in the comment all the same', async () => {
    const { exit } = await githubJob({ ...snapshot, 'max-change': '10' })
    expect(exit).toBe(3)
    expect(at.forge.comments.get(1)).toContain('## kds-plan: The plan breaks a rule.')
    expect(at.forge.comments.get(1)).toContain(pageUrl)
    expect(at.forge.comments.get(1)).toContain('max-change 10')
    expect((await githubJob({ ...snapshot, 'fail-on': 'no-room, zero' })).exit).toBe(3)
  })

  it('is held where the manifest would be refused, which cannot end the block that it is told in', async () => {
    const path = join(at.repository, manifest)
    writeFileSync(path, `${readFileSync(path, 'utf8').replace('selector:', 'selektor:')}# \`\`\`\n`)
    const { exit } = await githubJob(snapshot)
    expect(exit).toBe(1)
    expect(at.forge.comments.get(1)).not.toContain('as a page')
    expect(at.forge.comments.get(1)).toMatch(
      /No plan: the manifests would be refused\.[\s\S]*\n(`{3,})text\n[\s\S]*selektor[\s\S]*\n\1\n/,
    )
  })

  it('without a DaemonSet is left alone, whatever refers to one', async () => {
    writeFileSync(
      join(at.repository, 'manifests/scaler.yaml'),
      'kind: VerticalPodAutoscaler\nspec:\n  targetRef:\n    kind: DaemonSet\n    name: agent\n',
    )
    writeFileSync(join(at.repository, 'manifests/scaler.json'), '{"kind":"HPA","spec":{"kind":"DaemonSet"}}')
    symlinkSync('nowhere.yaml', join(at.repository, 'manifests/link.yaml'))
    at.forge.close()
    at.forge = await startForge(
      ['config.yaml', 'scaler.yaml', 'scaler.json', 'link.yaml'].map((name) => `manifests/${name}`),
    )
    const { exit, outputs, text } = await githubJob(snapshot)
    expect(Object.values(outputs).join('')).toBe('')
    expect({ exit, text, wrote: at.writes() }).toEqual({
      exit: 0,
      text: expect.stringMatching(/^No DaemonSet is changed: there is nothing to plan\.$/m),
      wrote: [],
    })
  })

  it('has its DaemonSets found in lists, and in JSON on one line', async () => {
    const [daemonSet] = await documentsOf('examples/log-agent-v2.yaml')
    const list = { apiVersion: 'v1', kind: 'List', items: [daemonSet] }
    writeFileSync(join(at.repository, 'manifests/one-line.json'), JSON.stringify(list))
    const yaml = readFileSync('examples/log-agent-v2.yaml', 'utf8').replace(/^(?=.)/gm, '  ')
    writeFileSync(
      join(at.repository, 'manifests/list.yaml'),
      `apiVersion: v1\nkind: List\nitems:\n- ${yaml.trim()}\n`,
    )
    for (const file of ['manifests/one-line.json', 'manifests/list.yaml']) {
      at.forge.close()
      at.forge = await startForge([file])
      expect((await githubJob(snapshot)).exit).toBe(0)
      expect(at.forge.comments.get(1)).toContain(`Manifest: \`${file}\``)
    }
  })

  it('that no longer changes a DaemonSet has a comment that says so', async () => {
    await githubJob(snapshot)
    const { comments } = at.forge
    at.forge.close()
    at.forge = await startForge(['manifests/config.yaml'])
    for (const [id, body] of comments) at.forge.comments.set(id, body)
    await githubJob(snapshot)
    expect(at.writes()).toEqual(['PATCH /repos/octo-org/platform/issues/comments/1'])
    expect(at.forge.comments.get(1)).toBe(
      '<!-- kds-plan -->\n## kds-plan: No DaemonSet is changed: there is nothing to plan.\n',
    )
  })

  it('from a fork may not be commented: the plan stands in the summary, and a warning in the log', async () => {
    at.forge.refuses = /^POST/
    const { exit, text } = await githubJob(snapshot)
    expect(exit).toBe(0)
    expect(text).toContain('::warning title=kds::the comment was not allowed (403)')
    expect(readFileSync(join(at.folder, 'summary.md'), 'utf8')).toContain('log-agent')
  })

  it('that may not be read has all its manifests planned', async () => {
    at.forge.refuses = /^GET .*files/
    const { exit, text } = await githubJob({ ...snapshot, manifests: 'manifests' })
    expect({ exit, text: exit === 0 ? '' : text }).toEqual({ exit: 0, text: '' })
    expect(text).toContain('::warning title=kds::to list what is changed was not allowed (403)')
    expect(at.forge.comments.get(1)).toContain('Manifest: `manifests/agent.yaml`')
  })

  it('commands nothing by what stands in its files', async () => {
    const path = join(at.repository, manifest)
    const text = readFileSync(path, 'utf8').replace('selector:', '"##[error]": {}\n  selector:')
    writeFileSync(path, text)
    const { exit, text: log } = await githubJob(snapshot)
    const [, before = '##[', end, quoted = ''] =
      /^([\s\S]*)::stop-commands::(\S+)\n([\s\S]*)\n::\2::\n$/.exec(log) ?? []
    expect({ exit, before: before.includes('##['), quoted: quoted.includes('##[error]') }).toEqual({
      exit: 1,
      before: false,
      quoted: true,
    })
    expect(end).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('has what lint finds in code scanning, if that is wanted', async () => {
    await githubJob({ ...snapshot, comment: 'false', 'code-scanning': 'true' })
    const [sent] = at.forge.asked.filter(
      ({ path }) => path === '/repos/octo-org/platform/code-scanning/sarifs',
    )
    expect(sent?.body).toMatchObject({
      commit_sha: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
      ref: 'refs/pull/7/merge',
    })
    const sarif = gunzipSync(Buffer.from(sent?.body.sarif ?? '', 'base64')).toString()
    const schema = JSON.parse(readFileSync('test/fixtures/commands/lint/sarif-2.1.0.schema.json', 'utf8'))
    const validate = new Ajv({ strict: false, validateFormats: false }).compile({
      ...schema,
      $schema: undefined,
    })
    expect(validate(JSON.parse(sarif)) ? [] : validate.errors).toEqual([])
    expect(at.writes()).toHaveLength(1)
  })

  it('is planned against a cluster that a secret leads to, which nothing else sees', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'logging' } }
    const sandbox = await startSandbox({ nodes: 3, objects: [namespace] })
    const { exit, text } = await githubJob({ kubeconfig: sandbox.kubeconfig, manifests: 'manifests' })
    await sandbox.close()
    expect({ exit, text: exit === 0 ? '' : text }).toEqual({ exit: 0, text: '' })
    expect(at.forge.comments.get(1)).toContain('3 refused: logging/log-agent')
  })

  it('says what is missing where no cluster is named', async () => {
    const { exit, text } = await githubJob({})
    expect(exit).toBe(1)
    expect(text).toContain('::error title=kds::no cluster: set "snapshot"')
  })

  it('in a workflow that no pull request started plans all manifests, and writes no comment', async () => {
    const { exit } = await githubJob({ ...snapshot, manifests: 'manifests/' }, 'github-push.json')
    expect({ exit, asked: at.forge.asked }).toEqual({ exit: 0, asked: [] })
    expect(readFileSync(join(at.folder, 'summary.md'), 'utf8')).toContain('manifests/agent.yaml')
  })
})
