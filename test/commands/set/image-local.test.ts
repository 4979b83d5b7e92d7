import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kds } from '../../helpers/run.ts'
import { workspace } from '../../helpers/workspace.ts'

const manifest = (name: string, containers: readonly string[]) => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec: {containers: [${containers.map((one) => `{name: ${one}, image: "i:1"}`).join(', ')}]}
`
const file = join(workspace(), 'two.yaml')
writeFileSync(file, [manifest('a', ['c']), manifest('b', ['c', 'd'])].join('---\n'))

const setImage = (...words: string[]) => kds(['set', 'image', '-f', file, '--local', ...words])

/** What `kubectl set image --local` 1.36 answers. */
describe('kds set image --local', () => {
  it('prints several objects as documents of their own', async () => {
    const { out } = await setImage('c=i:2', '-o', 'yaml')
    expect(out.split('\n---\n').map((text) => /^ {2}name: (.*)$/m.exec(text)?.[1])).toEqual(['a', 'b'])
    expect(out.startsWith('---')).toBe(false)
  })

  it('has no Go template, however it is asked for', async () => {
    for (const words of [['--template={{.kind}}'], ['-o', 'go-template={{.kind}}']])
      expect(await setImage('c=i:2', ...words)).toMatchObject({
        out: '',
        err: expect.stringContaining('hint: kds has no Go templates'),
        exit: 1,
      })
  })

  it('says nothing of what has its images already, and names each that lacks a container', async () => {
    expect(await setImage('c=i:1')).toEqual({ out: '', err: '', exit: 0 })
    expect(await setImage('d=i:2')).toEqual({
      out: 'daemonset.apps/b image updated\n',
      err: 'error: unable to find container named "d"\n',
      exit: 1,
    })
    expect(await setImage('x=i:2', '-o', 'name')).toEqual({
      out: '',
      err: 'error: unable to find container named "x"\n'.repeat(2),
      exit: 1,
    })
  })
})
