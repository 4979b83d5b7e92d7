/*
 * What both steps of the job share: plan.mjs, which makes the plan, and comment.mjs, which tells of it once its page has an
 * address. action.yml and templates/plan.yml run them; docs/ci/README.md tells what can be set.
 */
import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { ForgeError, github, gitlab } from './forge.mjs'

const { env } = process
const isGitHub = env.GITHUB_ACTIONS === 'true'
const name = env.KDS_NAME || 'kds-plan'
const folder = env.KDS_FOLDER || name

/** What the one step leaves to the other, and to whoever fetches the artifact. */
export const files = {
  folder,
  plan: join(folder, 'plan.md'),
  page: join(folder, `${name}.html`),
  lint: join(folder, 'lint.sarif'),
}

export const forge = isGitHub ? github(env) : gitlab(env)

/** A comment of ours begins so; the name tells several of one change apart. */
export const marker = `<!-- ${name} -->`
export const title = (what) => `${marker}\n## ${name}: ${what}\n`

/** Is there something to comment on, and is a comment wanted? */
export const hasComment = forge.change !== undefined && !['false', ''].includes(env.KDS_COMMENT ?? 'true')

export const say = (text) => process.stdout.write(`${text}\n`)

/** A line of the log that the forge shows as a warning or an error of the job. */
const told = (level, text) =>
  isGitHub ? `::${level} title=kds::${text.replace(/[%\r\n]/g, encodeURIComponent)}` : `${level}: ${text}`

/** Says text that came from files: GitHub's runner would follow commands that stand in it. */
export function quote(text) {
  const end = randomUUID()
  say(isGitHub ? `::stop-commands::${end}\n${text}\n::${end}::` : text)
}

export const output = (key, value) =>
  env.GITHUB_OUTPUT && appendFileSync(env.GITHUB_OUTPUT, `${key}=${value}\n`)

/** The fence of the block that a text has begun and not ended, with the newline before it. */
function openFence(text) {
  let open = ''
  for (const [line, fence] of text.matchAll(/^(`{3,}).*$/gm))
    if (open === '') open = fence
    else if (line.trimEnd() === open) open = ''
  return open === '' ? '' : `\n${open}`
}

/** Whole lines, as many as the forge takes. */
export function shortened(text, most) {
  if (text.length <= most) return text
  const note = '\n\n_The rest is too long here: the page has all of it._\n'
  const kept = text.slice(0, text.lastIndexOf('\n', most - note.length - 100))
  const open = kept.split('<details>').length > kept.split('</details>').length
  return `${kept}${openFence(kept)}${open ? '\n\n</details>' : ''}${note}`
}

/** What the forge does not let this job do is no reason to fail: the plan stands in the log and in the summary. */
export async function ifAllowed(what, work) {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ForgeError) || ![401, 403, 404].includes(error.status)) throw error
    say(
      told(
        'warning',
        `${what} was not allowed (${error.status}): give the job the permission, or switch it off`,
      ),
    )
    return undefined
  }
}

/** Ends with the exit code that a step answers, or with its error in the way that the forge shows. */
export async function run(step) {
  try {
    process.exitCode = await step()
  } catch (error) {
    say(told('error', error.message))
    process.exitCode = 1
  }
}
