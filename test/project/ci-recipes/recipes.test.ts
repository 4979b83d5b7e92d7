import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { parseYaml } from '#yaml/parse-yaml.ts'
import { SourceText } from '#yaml/source-text.ts'
import { type Stage, stage } from '../../helpers/stage.ts'

let staged: Stage
let folder: string
beforeAll(() => {
  staged = stage()
}, 60_000)
afterAll(() => staged?.dispose())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kds-recipe-'))
  return () => rmSync(folder, { recursive: true, force: true })
})

const yamlFile = async (file: string): Promise<unknown> =>
  (await parseYaml(new SourceText(file, readFileSync(file, 'utf8')))).documents[0]?.value

/** Runs a script as the CI does, with tools that only note how they are called in place of those that reach outside. */
function run(
  script: string,
  cwd: string,
  env: Record<string, string> = {},
): Promise<{ exit: number | null; text: string }> {
  const tools = join(folder, 'tools')
  mkdirSync(tools, { recursive: true })
  for (const tool of ['npm', 'gh', 'curl']) {
    writeFileSync(join(tools, tool), `#!/bin/sh\necho "${tool} $*" >> "${folder}/calls"\n`)
    chmodSync(join(tools, tool), 0o755)
  }
  return new Promise((resolve) => {
    const child = spawn('bash', ['-eo', 'pipefail', '-c', script], {
      cwd,
      env: {
        ...env,
        PATH: `${tools}:${staged.bin}:${process.env.PATH}`,
        HOME: folder,
        GIT_CONFIG_GLOBAL: '/dev/null',
      },
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        text += chunk
      })
    child.on('close', (exit) => resolve({ exit, text }))
  })
}
const calls = () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '')

/** A repository whose last commit is the base of a change that is made in its work tree. */
function repository(change: (manifest: string) => string): { path: string; base: string } {
  const path = join(folder, 'repository')
  mkdirSync(join(path, 'manifests'), { recursive: true })
  mkdirSync(join(path, 'ci'))
  cpSync('examples/cluster.yaml', join(path, 'ci/nodes.yaml'))
  const manifest = join(path, 'manifests/agent.yaml')
  cpSync('examples/log-agent.yaml', manifest)
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: path,
      encoding: 'utf8',
    })
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '-m', 'base')
  const base = git('rev-parse', 'HEAD').trim()
  writeFileSync(manifest, change(readFileSync(manifest, 'utf8')))
  git('commit', '--quiet', '-a', '--allow-empty', '-m', 'change')
  return { path, base }
}

const newImage = (text: string) => text.replace(/(image: [^\n]*)/, '$1-next')
const otherNodes = (text: string) => text.replace('kubernetes.io/os: linux', 'kubernetes.io/os: windows')
const mistake = (text: string) => text.replace('selector:', 'selektor:')

describe('GitHub Actions', () => {
  interface Workflow {
    readonly jobs: { readonly plan: { readonly steps: readonly { readonly run?: string }[] } }
  }
  async function job(
    change: (text: string) => string,
    agreed: string,
  ): Promise<{ exit: number | null; text: string }> {
    const { jobs } = (await yamlFile('docs/ci/github-plan.yml')) as Workflow
    const { path, base } = repository(change)
    let last = { exit: 0 as number | null, text: '' }
    for (const { run: script } of jobs.plan.steps) {
      if (script === undefined) continue
      last = await run(script, path, { BASE: base, PULL_REQUEST: '7', PLACEMENT_MAY_CHANGE: agreed })
      if (last.exit !== 0) break
    }
    return last
  }

  it('posts the plan, and lets a change of the image pass', async () => {
    const { exit, text } = await job(newImage, 'false')
    expect({ exit, text: exit === 0 ? '' : text }).toEqual({ exit: 0, text: '' })
    expect(calls()).toContain('gh pr comment 7 --body-file plan.md')
    expect(readFileSync(join(folder, 'repository/plan.md'), 'utf8')).toContain('log-agent')
  })
  it('holds a change of placement', async () => {
    const { exit, text } = await job(otherNodes, 'false')
    expect(exit).toBe(1)
    expect(text).toContain('placement-change')
  })
  it('lets a change of placement pass that is agreed to', async () => {
    expect((await job(otherNodes, 'true')).exit).toBe(0)
  })
  it('holds a manifest that would be refused, and posts nothing', async () => {
    const { exit, text } = await job(mistake, 'true')
    expect(exit).toBe(1)
    expect(text).toContain('selektor')
    expect(calls()).not.toContain('gh')
  })
})

describe('GitLab CI', () => {
  async function job(change: (text: string) => string): Promise<{ exit: number | null; text: string }> {
    const file = (await yamlFile('docs/ci/gitlab-plan.yml')) as {
      'daemonset-plan': { script: readonly string[] }
    }
    const { path } = repository(change)
    return run(file['daemonset-plan'].script.join('\n'), path, {
      CI_API_V4_URL: 'https://gitlab.invalid/api/v4',
      CI_PROJECT_ID: '1',
      CI_MERGE_REQUEST_IID: '7',
      KDS_GITLAB_TOKEN: 'token',
    })
  }

  it('posts the plan as a note', async () => {
    expect((await job(newImage)).exit).toBe(0)
    expect(calls()).toMatch(
      /curl .*body@plan\.md https:\/\/gitlab\.invalid\/api\/v4\/projects\/1\/merge_requests\/7\/notes/,
    )
  })
  it('fails for a manifest that would be refused', async () => {
    expect((await job(mistake)).exit).toBe(1)
    expect(calls()).not.toContain('curl')
  })
})

describe('rollout-or-undo.sh, on a sandbox', () => {
  let sandbox: Sandbox
  beforeEach(async () => {
    sandbox = await startSandbox({ nodes: 3, speed: 50 })
    writeFileSync(join(folder, 'config'), sandbox.kubeconfig, { mode: 0o600 })
    return () => sandbox.close()
  })

  const manifest = (image: string, annotations = '{}') => {
    const file = join(folder, 'agent.yaml')
    writeFileSync(
      file,
      `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}, annotations: ${annotations}}
    spec: {containers: [{name: agent, image: ${image}}]}
`,
    )
    return file
  }
  const apply = (file: string, timeout = '60s') =>
    run(`"${process.cwd()}/docs/ci/rollout-or-undo.sh" "${file}" agent default ${timeout}`, folder, {
      KUBECONFIG: join(folder, 'config'),
    })

  it('waits for a roll-out that works', async () => {
    const { exit, text } = await apply(manifest('agent:1'))
    expect(text).toContain('successfully rolled out')
    expect(exit).toBe(0)
  })
  it('goes back when the release is at fault', async () => {
    await apply(manifest('agent:1'))
    const { exit, text } = await apply(manifest('agent:bad'), '3s')
    expect(text).toContain('rolled back')
    expect(exit).toBe(1)
    const image = await run(
      "kubectl get ds agent -o jsonpath='{.spec.template.spec.containers[0].image}'",
      folder,
      {
        KUBECONFIG: join(folder, 'config'),
      },
    )
    expect(image.text).toBe('agent:1')
  })
  it('goes not back for nodes that have no room', async () => {
    const { exit, text } = await apply(manifest('agent:1, resources: {requests: {cpu: "1000"}}'), '2s')
    expect(text).not.toContain('going back')
    expect({ exit, text: exit === 2 ? '' : text }).toEqual({ exit: 2, text: '' })
  })
  it('undoes nothing when kubectl apply fails', async () => {
    const { exit, text } = await apply(join(folder, 'missing.yaml'))
    expect(exit).toBe(1)
    expect(text).not.toContain('going back')
  })
})
