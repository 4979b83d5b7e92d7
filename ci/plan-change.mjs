#!/usr/bin/env node
/*
 * Plans the DaemonSets of a pull request (GitHub) or merge request (GitLab), keeps one comment on it up to date, and ends with
 * the exit code of the plan: 0, 1 for manifests that would be refused, 3 for a rule that is broken. action.yml and
 * templates/plan.yml run it; docs/ci/README.md tells what can be set.
 */
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { ForgeError, github, gitlab } from './forge.mjs'

const { env } = process
const isGitHub = env.GITHUB_ACTIONS === 'true'
const marker = '<!-- kds plan -->'

/** Lines, or words, of an input. */
const list = (text = '') =>
  text
    .split(/[\n,]/)
    .map((one) => one.trim())
    .filter(Boolean)
const isOn = (text) => text !== 'false' && text !== ''

const say = (text) => process.stdout.write(`${text}\n`)

/** What stands in a log so that the forge shows it as a warning. */
const warn = (text) =>
  say(isGitHub ? `::warning title=kds::${text.replaceAll('\n', '%0A')}` : `warning: ${text}`)

const holdsDaemonSet = (file) =>
  /^\s*(-\s+)?["']?kind["']?\s*:\s*["']?DaemonSet\b/m.test(readFileSync(file, 'utf8'))

/** A path as the forge writes it, without `./` before and `/` after it. */
const plain = (path) => posix.normalize(path.replaceAll('\\', '/')).replace(/\/$/, '')

function* filesBelow(path) {
  if (!statSync(path).isDirectory()) return void (yield path)
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory() ? !['.git', 'node_modules'].includes(entry.name) : entry.isFile())
      yield* filesBelow(posix.join(path, entry.name))
}

/** The manifests to plan: of the change, or all where there is none. Both within the folders that were named. */
async function manifests(forge) {
  const roots = list(env.KDS_MANIFESTS || '.').map(plain)
  const within = (file) => roots.some((root) => root === '.' || file === root || file.startsWith(`${root}/`))
  const files =
    forge.change === undefined ? roots.flatMap((root) => [...filesBelow(root)]) : await forge.files()
  const dumps = list(env.KDS_SNAPSHOT).map(plain)
  const named = files
    .map(plain)
    .filter((file) => within(file) && /\.(ya?ml|json)$/i.test(file) && !dumps.includes(file))
  return [...new Set(named)].filter((file) => holdsDaemonSet(file)).sort()
}

/** Where the cluster comes from: a dump of the repository, or a kubeconfig that a secret holds. */
function cluster(folder) {
  if (env.KDS_SNAPSHOT)
    return { flags: list(env.KDS_SNAPSHOT).flatMap((file) => ['--snapshot', file]), env: {} }
  if (!env.KDS_KUBECONFIG)
    throw new Error(
      'no cluster: set "snapshot" to a file of the repository, or "kubeconfig" to a secret (a pull request from a fork has none)',
    )
  // A variable of GitLab may be the path of a file.
  if (existsSync(env.KDS_KUBECONFIG)) return { flags: [], env: { KUBECONFIG: env.KDS_KUBECONFIG } }
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, env.KDS_KUBECONFIG, { mode: 0o600 })
  return { flags: [], env: { KUBECONFIG: kubeconfig } }
}

/** A kubeconfig is there as long as it is needed. */
function withCluster(use) {
  const folder = mkdtempSync(join(tmpdir(), 'kds-'))
  try {
    return use(cluster(folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A secret is for kds alone, and only as far as it needs it. */
function kds(args, more) {
  const { KDS_TOKEN, KDS_KUBECONFIG, ...rest } = env
  const options = { encoding: 'utf8', env: { ...rest, NO_COLOR: '1', ...more }, maxBuffer: 256 * 1024 * 1024 }
  const { error, status, stdout, stderr } = spawnSync('kds', args, {
    ...options,
  })
  if (error) throw error
  return { exit: status ?? 1, out: stdout, err: stderr }
}

/** Text that came from files, as a block that it cannot end. */
function block(text) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text.trimEnd()}\n${fence}`
}

/** Whole lines, as many as the forge takes. */
function shortened(text, most) {
  if (text.length <= most) return text
  const note = '\n\n_The rest is too long for a comment: the job has all of it._\n'
  const kept = text.slice(0, text.lastIndexOf('\n', most - note.length - 20))
  const open = kept.split('<details>').length > kept.split('</details>').length
  return `${kept}${open ? '\n\n</details>' : ''}${note}`
}

const verdicts = {
  0: 'The plan was made.',
  1: 'No plan: the manifests would be refused.',
  3: 'The plan breaks a rule.',
}

function bodyOf(files, plan) {
  const head = `${marker}\n## kds plan: ${verdicts[plan.exit] ?? `kds ended with ${plan.exit}.`}\n\n`
  const what = `${files.length === 1 ? 'Manifest' : 'Manifests'}: ${files.map((file) => `\`${file.replaceAll('`', "'")}\``).join(', ')}\n\n`
  // What a plan that was made warns of stands in the plan.
  const told = plan.exit === 0 ? '' : `${block(plan.err)}\n\n`
  return `${head}${what}${told}${plan.out}`
}

/** What the forge does not let this job do is no reason to fail: the plan stands in the log and in the summary. */
async function ifAllowed(what, work) {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ForgeError) || ![401, 403, 404].includes(error.status)) throw error
    warn(`${what} was not allowed (${error.status}): give the job the permission, or switch it off`)
    return undefined
  }
}

const output = (name, value) => env.GITHUB_OUTPUT && appendFileSync(env.GITHUB_OUTPUT, `${name}=${value}\n`)

async function main() {
  const forge = isGitHub ? github(env) : gitlab(env)
  const files = await manifests(forge)
  if (files.length === 0) {
    say('No DaemonSet is changed: there is nothing to plan.')
    return 0
  }
  const folder = env.KDS_FOLDER || 'kds-plan'
  mkdirSync(folder, { recursive: true })
  const named = files.flatMap((file) => ['-f', file])
  const rules = [
    ...list(env.KDS_FAIL_ON).flatMap((rule) => ['--fail-on', rule]),
    ...(env.KDS_MAX_CHANGE ? ['--max-change', env.KDS_MAX_CHANGE] : []),
  ]
  const [plan, page] = withCluster((where) =>
    ['markdown', 'html'].map((format) =>
      kds(['plan', ...named, ...where.flags, ...rules, '-o', format], where.env),
    ),
  )
  const body = bodyOf(files, plan)
  writeFileSync(join(folder, 'plan.md'), body)
  if (page.out !== '') writeFileSync(join(folder, 'plan.html'), page.out)
  process.stdout.write(`${plan.out}${plan.err}`)
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, shortened(body, 1_000_000))
  const lint = kds(['lint', ...named, '--fail-on', 'never', '-o', 'sarif'], {})
  if (lint.exit === 0) writeFileSync(join(folder, 'lint.sarif'), lint.out)
  output('folder', folder)
  output('exit-code', plan.exit)
  if (lint.exit === 0 && forge.scan && isOn(env.KDS_CODE_SCANNING ?? ''))
    await ifAllowed('code scanning', () => forge.scan(lint.out))
  if (forge.change !== undefined && isOn(env.KDS_COMMENT ?? 'true')) {
    const url = await ifAllowed('the comment', () =>
      forge.comment(marker, shortened(body, forge.longestComment)),
    )
    if (url) output('comment-url', url)
  }
  return plan.exit
}

try {
  process.exitCode = await main()
} catch (error) {
  say(`${isGitHub ? '::error title=kds::' : 'error: '}${error.message}`)
  process.exitCode = 1
}
