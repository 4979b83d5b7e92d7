#!/usr/bin/env node
/*
 * Plans the DaemonSets of a pull request (GitHub) or merge request (GitLab), and ends with the exit code of the plan: 0, 1 for
 * manifests that would be refused, 3 for a rule that is broken.
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
import {
  files,
  forge,
  hasComment,
  ifAllowed,
  marker,
  output,
  quote,
  run,
  say,
  shortened,
  title,
} from './job.mjs'

const { env } = process

/** Lines, or words, of an input. */
const list = (text = '') =>
  text
    .split(/[\n,]/)
    .map((one) => one.trim())
    .filter(Boolean)

const isDaemonSet = (object) =>
  object?.kind === 'DaemonSet' || (Array.isArray(object?.items) && object.items.some(isDaemonSet))

/** Whether an object of the file, or of a list in it, is a DaemonSet; others may refer to one by its kind. */
function holdsDaemonSet(file) {
  // A link of the repository may lead to nowhere.
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false
  const text = readFileSync(file, 'utf8')
  try {
    return isDaemonSet(JSON.parse(text))
  } catch {
    const has = (before, kind) =>
      new RegExp(`^${before}["']?kind["']?\\s*:\\s*["']?${kind}\\b`, 'm').test(text)
    return has('', 'DaemonSet(?:List)?') || (has('', '\\w*List') && has('\\s*(?:-\\s+)?', 'DaemonSet'))
  }
}

/** A path as the forge writes it, without `./` before and `/` after it. */
const plain = (path) => posix.normalize(path.replaceAll('\\', '/')).replace(/\/$/, '')

function* filesBelow(path) {
  if (!statSync(path).isDirectory()) return void (yield path)
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory() ? !['.git', 'node_modules'].includes(entry.name) : entry.isFile())
      yield* filesBelow(posix.join(path, entry.name))
}

/** The manifests to plan: of the change, or all where there is none, or it may not be read. Within the folders that were named. */
async function manifests() {
  const roots = list(env.KDS_MANIFESTS || '.').map(plain)
  const within = (file) => roots.some((root) => root === '.' || file === root || file.startsWith(`${root}/`))
  const changed = forge.change && (await ifAllowed('to list what is changed', () => forge.files()))
  const all = changed ?? roots.flatMap((root) => [...filesBelow(root)])
  const dumps = list(env.KDS_SNAPSHOT).map(plain)
  const named = all
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
  const { error, status, stdout, stderr } = spawnSync('kds', args, options)
  if (error) throw error
  return { exit: status ?? 1, out: stdout, err: stderr }
}

/** Text that came from files, as a block that it cannot end. */
function block(text) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text.trimEnd()}\n${fence}`
}

const verdicts = {
  0: 'The plan was made.',
  1: 'No plan: the manifests would be refused.',
  3: 'The plan breaks a rule.',
}

function bodyOf(manifests, plan) {
  const names = manifests.map((file) => `\`${file.replace(/[`\p{Cc}]/gu, "'")}\``).join(', ')
  // What a plan that was made warns of stands in the plan.
  const told = plan.exit === 0 ? '' : `${block(plan.err)}\n\n`
  const head = title(verdicts[plan.exit] ?? `kds ended with ${plan.exit}.`)
  return `${head}\n${manifests.length === 1 ? 'Manifest' : 'Manifests'}: ${names}\n\n${told}${plan.out}`
}

/** A comment that tells of a plan is no longer true. */
async function withoutPlan() {
  const told = 'No DaemonSet is changed: there is nothing to plan.'
  say(told)
  if (hasComment) await ifAllowed('the comment', () => forge.comment(marker, title(told), { isNew: false }))
  return 0
}

run(async () => {
  const changed = await manifests()
  if (changed.length === 0) return withoutPlan()
  mkdirSync(files.folder, { recursive: true })
  const named = changed.flatMap((file) => ['-f', file])
  const rules = [
    ...list(env.KDS_FAIL_ON).flatMap((rule) => ['--fail-on', rule]),
    ...(env.KDS_MAX_CHANGE ? ['--max-change', env.KDS_MAX_CHANGE] : []),
  ]
  const [plan, page] = withCluster((where) =>
    ['markdown', 'html'].map((format) =>
      kds(['plan', ...named, ...where.flags, ...rules, '-o', format], where.env),
    ),
  )
  const body = bodyOf(changed, plan)
  writeFileSync(files.plan, body)
  if (page.out !== '') {
    writeFileSync(files.page, page.out)
    output('page', files.page)
  }
  quote(plan.out + plan.err)
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, shortened(body, 1_000_000))
  const lint = kds(['lint', ...named, '--fail-on', 'never', '-o', 'sarif'], {})
  if (lint.exit === 0) writeFileSync(files.lint, lint.out)
  output('folder', files.folder)
  output('exit-code', plan.exit)
  if (lint.exit === 0 && forge.scan && env.KDS_CODE_SCANNING === 'true')
    await ifAllowed('code scanning', () => forge.scan(lint.out))
  return plan.exit
})
