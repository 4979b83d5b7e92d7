/*
 * The two forges as far as a plan of a change needs them: which files the change has, and one comment of ours below it. What is
 * asked is documented: docs.github.com/rest (pulls, issues, code-scanning), docs.gitlab.com/api (merge_requests, notes).
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const pageSize = 100

/** A forge refused what was asked of it. */
export class ForgeError extends Error {
  constructor(method, url, status, text) {
    super(`${method} ${url}: ${status} ${text.slice(0, 200)}`)
    this.status = status
  }
}

function client(api, headers) {
  const call = async (method, path, body) => {
    const url = `${api}${path}`
    const response = await fetch(url, {
      method,
      headers: { ...headers, 'Content-Type': 'application/json', 'User-Agent': 'kds' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new ForgeError(method, url, response.status, text)
    return text === '' ? undefined : JSON.parse(text)
  }
  const all = async (path) => {
    const found = []
    for (let page = 1; ; page++) {
      const items = await call('GET', `${path}?per_page=${pageSize}&page=${page}`)
      found.push(...items)
      if (items.length < pageSize) return found
    }
  }
  return { call, all }
}

/**
 * Replaces the comment that begins with the marker, or, if `isNew`, adds one. Somebody else's with our marker may not be changed:
 * then there is another one, or none. Answers where it is.
 */
async function upsert({ call, all }, list, marker, body, { isNew = true, one, update }) {
  for (const { id } of (await all(list)).filter((comment) => comment.body?.startsWith(marker)))
    try {
      return (await call(update, one(id), { body }))?.html_url
    } catch (error) {
      if (!(error instanceof ForgeError) || error.status !== 403) throw error
    }
  return isNew ? (await call('POST', list, { body }))?.html_url : undefined
}

/** GitHub Actions; undefined where the workflow was not started by a pull request. */
export function github(env) {
  const event = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8'))
  const number = event.pull_request?.number
  const repository = `/repos/${env.GITHUB_REPOSITORY}`
  const api = client(env.GITHUB_API_URL, {
    Accept: 'application/vnd.github+json',
    Authorization: `Bearer ${env.KDS_TOKEN}`,
    'X-GitHub-Api-Version': '2022-11-28',
  })
  return {
    longestComment: 65_536,
    change: number,
    async files() {
      const files = await api.all(`${repository}/pulls/${number}/files`)
      return files.filter(({ status }) => status !== 'removed').map(({ filename }) => filename)
    },
    /** An artifact gets its address when it is uploaded: the step that does so tells it. */
    addressOf: () => env.KDS_PAGE_URL,
    comment: (marker, body, options) =>
      upsert(api, `${repository}/issues/${number}/comments`, marker, body, {
        ...options,
        one: (id) => `${repository}/issues/comments/${id}`,
        update: 'PATCH',
      }),
    /** Findings for code scanning, which shows them on the lines of the change. */
    scan: (sarif) =>
      api.call('POST', `${repository}/code-scanning/sarifs`, {
        commit_sha: env.GITHUB_SHA,
        ref: env.GITHUB_REF,
        sarif: gzipSync(sarif).toString('base64'),
        tool_name: 'kds',
      }),
  }
}

/** GitLab CI. */
export function gitlab(env) {
  const request = env.CI_MERGE_REQUEST_IID
  const path = `/projects/${env.CI_PROJECT_ID}/merge_requests/${request}`
  const api = client(env.CI_API_V4_URL, env.KDS_TOKEN ? { 'PRIVATE-TOKEN': env.KDS_TOKEN } : {})
  return {
    longestComment: 1_000_000,
    change: request,
    async files() {
      const files = await api.all(`${path}/diffs`)
      return files.filter((file) => !file.deleted_file).map((file) => file.new_path)
    },
    /** Where a file of the job's artifacts will be, once it has ended. */
    addressOf: (file) => `${env.CI_JOB_URL}/artifacts/file/${file}`,
    comment: (marker, body, options) =>
      upsert(api, `${path}/notes`, marker, body, {
        ...options,
        one: (id) => `${path}/notes/${id}`,
        update: 'PUT',
      }),
  }
}
