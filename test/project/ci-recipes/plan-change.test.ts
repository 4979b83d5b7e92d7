import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSandbox } from '#sandbox/sandbox.ts'
import { parseYaml } from '#yaml/parse-yaml.ts'
import { SourceText } from '#yaml/source-text.ts'
import { type Stage, stage } from '../../helpers/stage.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'
import { type Forge, startForge } from './forge.ts'

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

const documentsOf = async (file: string) =>
  (await parseYaml(new SourceText(file, readFileSync(file, 'utf8')))).documents.map(({ value }) => value)

let staged: Stage
let action: Action
beforeAll(async () => {
  staged = stage()
  action = (await documentsOf('action.yml'))[0] as unknown as Action
}, 60_000)

let folder: string
let forge: Forge
const repository = () => join(folder, 'repository')
const manifest = 'manifests/agent.yaml'
beforeEach(async () => {
  folder = temporaryFolder()
  mkdirSync(join(repository(), 'manifests'), { recursive: true })
  mkdirSync(join(repository(), 'cluster'))
  mkdirSync(join(folder, 'tools'))
  writeFileSync(join(folder, 'tools/npm'), `#!/bin/sh\necho "$*" >> "${folder}/npm"; echo "${folder}/root"\n`)
  chmodSync(join(folder, 'tools/npm'), 0o755)
  mkdirSync(join(folder, 'root/kds'), { recursive: true })
  cpSync('action', join(folder, 'root/kds/action'), { recursive: true })
  cpSync('examples/cluster.yaml', join(repository(), 'cluster/nodes.yaml'))
  cpSync('examples/snapshot.yaml', join(repository(), 'cluster/state.yaml'))
  cpSync('examples/log-agent-v2.yaml', join(repository(), manifest))
  writeFileSync(join(repository(), 'manifests/config.yaml'), 'apiVersion: v1\nkind: ConfigMap\n')
  writeFileSync(join(repository(), 'README.md'), 'kind: DaemonSet\n')
  forge = await startForge(
    [manifest, 'manifests/config.yaml', 'README.md', 'cluster/state.yaml'],
    ['gone.yaml'],
  )
})
afterEach(() => {
  forge.close()
})

interface Ended {
  readonly exit: number | null
  readonly text: string
}

function shell(script: string, env: Record<string, string>): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn('bash', ['-eo', 'pipefail', '-c', script], {
      cwd: repository(),
      env: { ...env, PATH: `${join(folder, 'tools')}:${staged.bin}:${process.env.PATH}`, HOME: folder },
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk
      })
    child.on('close', (exit) => done({ exit, text }))
  })
}

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
  const known: Record<string, string> = { 'runner.temp': folder, 'github.token': 'ghs_token' }
  const filled = (text: string): string =>
    text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) =>
      name.startsWith('inputs.') ? filled({ ...given, ...inputs }[name.slice(7)] ?? '') : (known[name] ?? ''),
    )
  const allFilled = (texts: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, filled(String(value))]))
  let [exit, told]: [Ended['exit'], string] = [0, '']
  for (const [at, step] of action.runs.steps.entries()) {
    const { run, uses = '' } = step
    if (!holds(step, exit !== 0, filled)) continue
    const output = join(folder, `output-${at}`)
    const remember = (entries: readonly (readonly string[])[]) => {
      for (const [name, value] of entries) known[`steps.${step.id}.outputs.${name}`] = value ?? ''
    }
    if (uses.startsWith('actions/upload-artifact@')) remember(Object.entries(upload(allFilled(step.with))))
    if (run === undefined) continue
    const ended = await shell(run, {
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: resolve('.'),
      GITHUB_API_URL: forge.url,
      GITHUB_EVENT_PATH: resolve('test/fixtures/project', event),
      GITHUB_OUTPUT: output,
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_REPOSITORY: 'octo-org/platform',
      GITHUB_SHA: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
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

const writes = () =>
  forge.asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)

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
    expect(readFileSync(join(folder, 'npm'), 'utf8')).toBe(`install --global kds@${version}\n`)
  })
})

describe('a pull request on GitHub', () => {
  it('gets one comment with the plan of what it changes', async () => {
    const { exit, outputs, text } = await githubJob(snapshot)
    expect({ exit, text: exit === 0 ? '' : text }).toEqual({ exit: 0, text: '' })
    expect(writes()).toEqual(['POST /repos/octo-org/platform/issues/7/comments'])
    const body = forge.comments.get(1) ?? ''
    expect(body).toMatch(
      /^<!-- kds-plan -->\n## kds-plan: The plan was made\.\n\n\[The plan as a page\]\((\S+)\): /,
    )
    expect(body).toContain('Manifest: `manifests/agent.yaml`')
    expect(body).toMatch(/\d+ to replace, .*: logging\/log-agent/)
    expect(forge.asked.every(({ token }) => token === 'Bearer ghs_token')).toBe(true)
    expect(outputs).toEqual({
      'exit-code': '0',
      'comment-url': 'https://forge/c/1',
      'page-url': pageUrl,
      folder: join(folder, 'kds-plan'),
    })
    const [link = ''] = /^\[The plan as a page\].*\n\n/m.exec(body) ?? []
    expect(link).toContain(`](${pageUrl})`)
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toBe(body.replace(link, ''))
    expect(readFileSync(join(folder, 'kds-plan/plan.md'), 'utf8')).toBe(body.replace(link, ''))
    expect(readFileSync(join(folder, 'kds-plan/kds-plan.html'), 'utf8')).toContain('log-agent')
    expect(JSON.parse(readFileSync(join(folder, 'kds-plan/lint.sarif'), 'utf8')).version).toBe('2.1.0')
  })

  it('has its comment replaced, wherever it stands among others', async () => {
    for (let id = 1; id <= 130; id++) forge.comments.set(id, `comment ${id}`)
    forge.comments.set(120, '<!-- kds-plan -->\nold')
    await githubJob(snapshot)
    expect(writes()).toEqual(['PATCH /repos/octo-org/platform/issues/comments/120'])
    expect(forge.comments.get(120)).toContain('log-agent')
  })

  it('has a comment for each cluster that it is planned against', async () => {
    await githubJob({ ...snapshot, name: 'staging' })
    const { outputs } = await githubJob({ ...snapshot, name: 'production' })
    await githubJob({ ...snapshot, name: 'staging' })
    expect(writes().map((one) => one.replace(/.*issues/, ''))).toEqual([
      '/7/comments',
      '/7/comments',
      '/comments/1',
    ])
    expect(forge.comments.get(2)).toMatch(/^<!-- production -->\n## production: /)
    expect(existsSync(join(outputs.folder ?? '', 'production.html'))).toBe(true)
  })

  it("gets one of its own where someone else's has our mark", async () => {
    forge.comments.set(1, '<!-- kds-plan -->\nI am not the plan')
    forge.refuses = /^PATCH/
    const { exit } = await githubJob(snapshot)
    expect({ exit, there: forge.comments.size }).toEqual({ exit: 0, there: 2 })
  })

  it('is held by a rule, with the plan in the comment all the same', async () => {
    const { exit } = await githubJob({ ...snapshot, 'max-change': '10' })
    expect(exit).toBe(3)
    expect(forge.comments.get(1)).toContain('## kds-plan: The plan breaks a rule.')
    expect(forge.comments.get(1)).toContain(pageUrl)
    expect(forge.comments.get(1)).toContain('max-change 10')
    expect((await githubJob({ ...snapshot, 'fail-on': 'no-room, zero' })).exit).toBe(3)
  })

  it('is held where the manifest would be refused, which cannot end the block that it is told in', async () => {
    const path = join(repository(), manifest)
    writeFileSync(path, `${readFileSync(path, 'utf8').replace('selector:', 'selektor:')}# \`\`\`\n`)
    const { exit } = await githubJob(snapshot)
    expect(exit).toBe(1)
    expect(forge.comments.get(1)).not.toContain('as a page')
    expect(forge.comments.get(1)).toMatch(
      /No plan: the manifests would be refused\.[\s\S]*\n(`{3,})text\n[\s\S]*selektor[\s\S]*\n\1\n/,
    )
  })

  it('without a DaemonSet is left alone, whatever refers to one', async () => {
    writeFileSync(
      join(repository(), 'manifests/scaler.yaml'),
      'kind: VerticalPodAutoscaler\nspec:\n  targetRef:\n    kind: DaemonSet\n    name: agent\n',
    )
    writeFileSync(join(repository(), 'manifests/scaler.json'), '{"kind":"HPA","spec":{"kind":"DaemonSet"}}')
    symlinkSync('nowhere.yaml', join(repository(), 'manifests/link.yaml'))
    forge.close()
    forge = await startForge(
      ['config.yaml', 'scaler.yaml', 'scaler.json', 'link.yaml'].map((name) => `manifests/${name}`),
    )
    const { exit, outputs, text } = await githubJob(snapshot)
    expect(Object.values(outputs).join('')).toBe('')
    expect({ exit, text, wrote: writes() }).toEqual({
      exit: 0,
      text: expect.stringMatching(/^No DaemonSet is changed: there is nothing to plan\.$/m),
      wrote: [],
    })
  })

  it('has its DaemonSets found in lists, and in JSON on one line', async () => {
    const [daemonSet] = await documentsOf('examples/log-agent-v2.yaml')
    const list = { apiVersion: 'v1', kind: 'List', items: [daemonSet] }
    writeFileSync(join(repository(), 'manifests/one-line.json'), JSON.stringify(list))
    const yaml = readFileSync('examples/log-agent-v2.yaml', 'utf8').replace(/^(?=.)/gm, '  ')
    writeFileSync(
      join(repository(), 'manifests/list.yaml'),
      `apiVersion: v1\nkind: List\nitems:\n- ${yaml.trim()}\n`,
    )
    for (const file of ['manifests/one-line.json', 'manifests/list.yaml']) {
      forge.close()
      forge = await startForge([file])
      expect((await githubJob(snapshot)).exit).toBe(0)
      expect(forge.comments.get(1)).toContain(`Manifest: \`${file}\``)
    }
  })

  it('that no longer changes a DaemonSet has a comment that says so', async () => {
    await githubJob(snapshot)
    const { comments } = forge
    forge.close()
    forge = await startForge(['manifests/config.yaml'])
    for (const [id, body] of comments) forge.comments.set(id, body)
    await githubJob(snapshot)
    expect(writes()).toEqual(['PATCH /repos/octo-org/platform/issues/comments/1'])
    expect(forge.comments.get(1)).toBe(
      '<!-- kds-plan -->\n## kds-plan: No DaemonSet is changed: there is nothing to plan.\n',
    )
  })

  it('from a fork may not be commented: the plan stands in the summary, and a warning in the log', async () => {
    forge.refuses = /^POST/
    const { exit, text } = await githubJob(snapshot)
    expect(exit).toBe(0)
    expect(text).toContain('::warning title=kds::the comment was not allowed (403)')
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('log-agent')
  })

  it('that may not be read has all its manifests planned', async () => {
    forge.refuses = /^GET .*files/
    const { exit, text } = await githubJob({ ...snapshot, manifests: 'manifests' })
    expect({ exit, text: exit === 0 ? '' : text }).toEqual({ exit: 0, text: '' })
    expect(text).toContain('::warning title=kds::to list what is changed was not allowed (403)')
    expect(forge.comments.get(1)).toContain('Manifest: `manifests/agent.yaml`')
  })

  it('commands nothing by what stands in its files', async () => {
    const path = join(repository(), manifest)
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
    const [sent] = forge.asked.filter(({ path }) => path === '/repos/octo-org/platform/code-scanning/sarifs')
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
    expect(writes()).toHaveLength(1)
  })

  it('is planned against a cluster that a secret leads to, which nothing else sees', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'logging' } }
    const sandbox = await startSandbox({ nodes: 3, objects: [namespace] })
    const { exit, text } = await githubJob({ kubeconfig: sandbox.kubeconfig, manifests: 'manifests' })
    await sandbox.close()
    expect({ exit, text: exit === 0 ? '' : text }).toEqual({ exit: 0, text: '' })
    expect(forge.comments.get(1)).toContain('3 refused: logging/log-agent')
  })

  it('says what is missing where no cluster is named', async () => {
    const { exit, text } = await githubJob({})
    expect(exit).toBe(1)
    expect(text).toContain('::error title=kds::no cluster: set "snapshot"')
  })

  it('in a workflow that no pull request started plans all manifests, and writes no comment', async () => {
    const { exit } = await githubJob({ ...snapshot, manifests: 'manifests/' }, 'github-push.json')
    expect({ exit, asked: forge.asked }).toEqual({ exit: 0, asked: [] })
    expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('manifests/agent.yaml')
  })
})

describe('the component for GitLab', () => {
  interface Component {
    readonly spec: { readonly inputs: Record<string, { readonly default: unknown }> }
  }
  type Jobs = Record<
    string,
    {
      readonly script: readonly string[]
      readonly after_script: readonly string[]
      readonly variables: Record<string, string>
      readonly artifacts: { readonly expose_as: string; readonly paths: readonly string[] }
    }
  >

  const jobUrl = 'https://gitlab.example.com/octo-group/platform/-/jobs/2048'

  /** The job as GitLab runs it: `after_script` follows whatever became of the script, and changes nothing of it. */
  async function gitlabJob(inputs: Record<string, string>): Promise<Ended & { paths: string[] }> {
    const [header, jobs] = (await documentsOf('templates/plan.yml')) as unknown as [Component, Jobs]
    const filled = (text: string) =>
      text.replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => {
        if (!(name in header.spec.inputs)) throw new Error(`no input ${name}`)
        return inputs[name] ?? String(header.spec.inputs[name]?.default)
      })
    const [[name = '', job] = []] = Object.entries(jobs)
    if (!job) throw new Error('no job')
    expect(filled(name)).toBe(filled(job.artifacts.expose_as))
    const env = {
      CI_API_V4_URL: forge.url,
      CI_JOB_URL: jobUrl,
      CI_PROJECT_ID: '1',
      CI_MERGE_REQUEST_IID: '7',
      KDS_TOKEN: 'glpat-token',
      ...Object.fromEntries(Object.entries(job.variables).map(([key, value]) => [key, filled(value)])),
    }
    const ended = await shell(job.script.map(filled).join('\n'), env)
    const after = await shell(job.after_script.map(filled).join('\n'), env)
    const paths = job.artifacts.paths.map(filled)
    return { exit: ended.exit, text: ended.text + after.text, paths }
  }
  const state = { snapshot: 'cluster/nodes.yaml,cluster/state.yaml' }

  it('keeps one note with the plan', async () => {
    expect((await gitlabJob(state)).exit).toBe(0)
    expect((await gitlabJob(state)).exit).toBe(0)
    const notes = '/projects/1/merge_requests/7/notes'
    expect(writes()).toEqual([`POST ${notes}`, `PUT ${notes}/1`])
    expect(forge.comments.get(1)).toMatch(/\d+ to replace, .*: logging\/log-agent/)
    expect(forge.asked.every(({ token }) => token === 'glpat-token')).toBe(true)
    expect(existsSync(join(repository(), 'kds-plan/plan.md'))).toBe(true)
  })

  it('fails by a rule, with the plan in the note all the same, and the page where the note says', async () => {
    const { exit, paths } = await gitlabJob({ ...state, 'max-change': '1%', name: 'staging' })
    expect(exit).toBe(3)
    const [, file = ''] = forge.comments.get(1)?.split(`](${jobUrl}/artifacts/file/`) ?? []
    const page = file.slice(0, file.indexOf(')'))
    expect(page).toBe('staging/staging.html')
    expect(paths.some((path) => page.startsWith(path))).toBe(true)
    expect(readFileSync(join(repository(), page), 'utf8')).toContain('log-agent')
  })
})
