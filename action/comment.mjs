#!/usr/bin/env node
/* Keeps one comment on a pull request (GitHub) or merge request (GitLab) up to date: the plan, with a link to its page. */
import { existsSync, readFileSync } from 'node:fs'
import { files, forge, hasComment, ifAllowed, marker, output, run, shortened } from './job.mjs'

/** The plan, with the address of its page below the heading, where there is one. */
function body() {
  const [mark, heading, ...rest] = readFileSync(files.plan, 'utf8').split('\n')
  const address = existsSync(files.page) ? forge.addressOf(files.page) : ''
  const link = address
    ? [
        '',
        `[The plan as a page](${address}): the map, why each node, and what another placement would change`,
      ]
    : []
  return shortened([mark, heading, ...link, ...rest].join('\n'), forge.longestComment)
}

run(async () => {
  if (!hasComment || !existsSync(files.plan)) return 0
  const url = await ifAllowed('the comment', () => forge.comment(marker, body()))
  if (url) output('comment-url', url)
  return 0
})
