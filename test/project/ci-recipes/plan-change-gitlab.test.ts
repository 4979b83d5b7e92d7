import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documentsOf, type Ended, Workplace } from './workplace.ts'

const at = new Workplace()

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
      CI_API_V4_URL: at.forge.url,
      CI_JOB_URL: jobUrl,
      CI_PROJECT_ID: '1',
      CI_MERGE_REQUEST_IID: '7',
      KDS_TOKEN: 'glpat-token',
      ...Object.fromEntries(Object.entries(job.variables).map(([key, value]) => [key, filled(value)])),
    }
    const ended = await at.shell(job.script.map(filled).join('\n'), env)
    const after = await at.shell(job.after_script.map(filled).join('\n'), env)
    const paths = job.artifacts.paths.map(filled)
    return { exit: ended.exit, text: ended.text + after.text, paths }
  }
  const state = { snapshot: 'cluster/nodes.yaml,cluster/state.yaml' }

  it('keeps one note with the plan', async () => {
    expect((await gitlabJob(state)).exit).toBe(0)
    expect((await gitlabJob(state)).exit).toBe(0)
    const notes = '/projects/1/merge_requests/7/notes'
    expect(at.writes()).toEqual([`POST ${notes}`, `PUT ${notes}/1`])
    expect(at.forge.comments.get(1)).toMatch(/\d+ to replace, .*: logging\/log-agent/)
    expect(at.forge.asked.every(({ token }) => token === 'glpat-token')).toBe(true)
    expect(existsSync(join(at.repository, 'kds-plan/plan.md'))).toBe(true)
  })

  it('fails by a rule, with the plan in the note all the same, and the page where the note says', async () => {
    const { exit, paths } = await gitlabJob({ ...state, 'max-change': '1%', name: 'staging' })
    expect(exit).toBe(3)
    const [, file = ''] = at.forge.comments.get(1)?.split(`](${jobUrl}/artifacts/file/`) ?? []
    const page = file.slice(0, file.indexOf(')'))
    expect(page).toBe('staging/staging.html')
    expect(paths.some((path) => page.startsWith(path))).toBe(true)
    expect(readFileSync(join(at.repository, page), 'utf8')).toContain('log-agent')
  })
})
