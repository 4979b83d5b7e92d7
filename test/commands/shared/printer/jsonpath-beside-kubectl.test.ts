import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { simulatedNodes } from '#sandbox/simulated-nodes.ts'
import { exampleDaemonSet, type Kubectl, kubectlFor, kubectlVersion } from '../../../helpers/kubectl.ts'
import { liveKds } from '../../../helpers/live-world.ts'

const templates = [
  '{.metadata.name}',
  'name: {.metadata.name}{"\\n"}',
  '{.spec.template.spec.containers[0].image}',
  '{.spec.template.spec.containers[-1].image}',
  '{.spec.template.spec.containers[*].name}',
  '{.spec.template.spec.containers[0:2].name}',
  '{.spec.template.spec.containers[0,1].name}',
  "{.metadata.labels['app']}",
  "{.metadata.annotations['example\\.com/a']}",
  '{.metadata.annotations.example\\.com/a}',
  '{.spec.template.spec.containers[?(@.name=="second")].image}',
  '{.spec.template.spec.containers[?(@.name!="second")].image}',
  '{.spec.template.spec.containers[?(@.env)].name}',
  '{range .spec.template.spec.containers[*]}{.name}{"\\t"}{.image}{"\\n"}{end}',
  '{..image}',
  '{.spec.updateStrategy}',
  '{.spec.revisionHistoryLimit} {.spec.nothing} end',
  '{.spec.template.spec.containers[1].env}',
  '{$.metadata.name}',
  'no action at all',
  "{'quoted'}",
  '{.metadata.name',
  '{range .spec.template.spec.containers[*]}{.name}',
  '{.spec[}',
] as const

const manifest = exampleDaemonSet
  .replace(
    '  labels:\n    app: example\nspec',
    '  labels:\n    app: example\n  annotations:\n    example.com/a: "<b> & c"\nspec',
  )
  .concat(
    '      - name: second\n        image: second:1\n        env:\n        - name: A\n          value: <b>\n',
  )

describe.skipIf(!kubectlVersion)(
  kubectlVersion
    ? `${templates.length} JSONPath templates beside kubectl`
    : 'JSONPath: skipped, there is no kubectl',
  () => {
    let sandbox: Sandbox
    let kubectl: Kubectl

    beforeAll(async () => {
      sandbox = await startSandbox({ objects: simulatedNodes(1), speed: 10 })
      kubectl = kubectlFor(sandbox)
      await kubectl.run(['create', '-f', kubectl.file('ds.yaml', manifest)])
      await kubectl.run(['rollout', 'status', 'ds/example-daemonset'])
    })
    afterAll(async () => {
      await sandbox.close()
    })

    it.each(templates)('%s', async (template) => {
      const argv = [
        'rollout',
        'history',
        'ds/example-daemonset',
        '--revision=1',
        '-o',
        `jsonpath=${template}`,
      ]
      const kds = await liveKds(argv, { kubeconfig: join(kubectl.folder, 'config') })
      expect(kds).toEqual(await kubectl.run(argv))
    })

    it('an end without a range is refused, as by kubectl 1.36', async () => {
      const argv = ['rollout', 'restart', 'ds/example-daemonset', '-o', 'jsonpath={.kind}{end}']
      expect(await liveKds(argv, { kubeconfig: join(kubectl.folder, 'config') })).toEqual({
        out: '',
        err: 'error: error executing jsonpath "{.kind}{end}": Error executing template: not in range, nothing to end\n',
        exit: 1,
      })
    })

    it('refuses Go templates, and points to what there is', async () => {
      const argv = ['rollout', 'restart', 'ds/example-daemonset', '-o', 'go-template={{.metadata.name}}']
      const { err, exit } = await liveKds(argv, { kubeconfig: join(kubectl.folder, 'config') })
      expect(exit).toBe(1)
      expect(err).toMatch(
        /^error: unable to match a printer .*\nhint: kds has no Go templates: use -o jsonpath/,
      )
    })
  },
)
