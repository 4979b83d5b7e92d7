import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '#sandbox/sandbox.ts'
import { corpusFolder, describeCorpus } from '../helpers/corpus.ts'
import { type Kubectl, kubectlFor, kubectlVersion } from '../helpers/kubectl.ts'

const seed = (name: string) => join(corpusFolder, 'seeds', name)

/** What the source articles do with kubectl, in their order; what kds itself does of it stands in the tests of its commands. */
describeCorpus(`the articles, run with kubectl ${kubectlVersion ?? 'missing: nothing is run'}`, () => {
  let sandbox: Sandbox
  let kubectl: Kubectl

  beforeAll(async () => {
    sandbox = await startSandbox({ nodes: 4, speed: 20, pools: [{ count: 3, names: 'k8s-worker-%d' }] })
    kubectl = kubectlFor(sandbox)
  })
  afterAll(async () => {
    await sandbox.close()
  })

  const articles = it.skipIf(!kubectlVersion)
  async function ok(line: string, input = ''): Promise<string> {
    const run = await kubectl.run(line.split(' '), { input })
    expect(run, `${line}: ${run.err}`).toMatchObject({ exit: 0 })
    return run.out
  }
  const rolledOut = (name: string, more = '') => ok(`rollout status ds/${name}${more}`)

  articles(
    '1: revisions come and go, and the pods keep what the controller gave them',
    async () => {
      await ok(`apply -f ${seed('example-daemonset.yaml')}`)
      await rolledOut('example-daemonset')
      expect(await ok('get pod -owide')).toContain('k8s-worker-1')
      await ok('set image daemonset/example-daemonset --record example-container=nginx:alpine')
      await rolledOut('example-daemonset')
      expect(await ok('rollout history daemonset example-daemonset')).toContain('kubectl set image')
      const revisions = (await ok('get controllerrevision -o name')).trim().split('\n')
      expect(await ok(`describe ${revisions[0]}`)).toContain('nginx')
      await ok('rollout undo daemonset/example-daemonset --to-revision=1')
      await rolledOut('example-daemonset')
      expect((await ok('get controllerrevision -o name')).trim().split('\n').sort()).toEqual(revisions.sort())
      const pods = await ok('get pod -o yaml')
      expect(pods).toMatch(/matchFields:\n +- key: metadata.name/)
      expect(pods).toContain('key: node.kubernetes.io/disk-pressure')
      await ok(`apply -f ${seed('example-daemonset-tolerating.yaml')}`)
      await ok('delete daemonset example-daemonset')
    },
    60_000,
  )

  articles(
    '2: a node joins and leaves',
    async () => {
      await ok('create ns logging')
      await ok('config set-context --current --namespace=logging')
      await ok(`apply -f ${seed('guide-1-daemonset.yaml')}`)
      const [name = ''] = (await ok('get ds -o name')).trim().split('\n')
      await ok(`rollout status ${name}`)
      expect(await ok('describe pods')).toContain('Controlled By:')
      await ok(
        'create -f -',
        '{"apiVersion":"v1","kind":"Node","metadata":{"name":"late","labels":{"kubernetes.io/os":"linux"}}}',
      )
      await ok(`rollout status ${name}`)
      await ok('delete node late')
      await ok(`delete ${name}`)
      await ok('config set-context --current --namespace=default')
      await ok('delete ns logging')
    },
    60_000,
  )

  articles(
    '3: Jobs and CronJobs run to their end',
    async () => {
      await ok('create job pi --image=perl -- perl -Mbignum=bpi -wle print')
      await ok('wait --for=condition=complete job/pi --timeout=20s')
      expect(await ok('get jobs')).toMatch(/pi +Complete +1\/1 +\d+s/)
      expect(
        await ok('get pods -l job-name=pi -o jsonpath={.items[0].metadata.ownerReferences[0].kind}'),
      ).toBe('Job')
      const pod = 'restartPolicy: OnFailure, containers: [{name: c, image: busybox}]'
      await ok(
        'create -f -',
        `apiVersion: batch/v1\nkind: Job\nmetadata: {name: batches}\nspec: {completions: 8, parallelism: 2, backoffLimit: 4, template: {spec: {${pod}}}}\n`,
      )
      await ok('wait --for=condition=complete job/batches --timeout=20s')
      await ok(
        'create -f -',
        `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: hello}\nspec: {schedule: "*/1 * * * *", startingDeadlineSeconds: 10, concurrencyPolicy: Allow, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1, jobTemplate: {spec: {template: {spec: {${pod}}}}}}\n`,
      )
      expect(await ok('get cronjob')).toMatch(/hello +\*\/1 \* \* \* \*/)
      await ok('wait --for=jsonpath={.status.lastScheduleTime} cronjob/hello --timeout=20s')
      expect(await ok('get jobs')).toMatch(/hello-\d+/)
      await ok('delete cronjob hello')
      await ok('delete jobs --all')
    },
    60_000,
  )

  articles(
    '4: a namespace, a taint, a label, an undo and a class',
    async () => {
      const file = seed('guide-2-daemonset.yaml')
      const [, name = ''] = /name: (\S+)/.exec(readFileSync(file, 'utf8')) ?? []
      await ok('create ns logging')
      await ok(`apply -f ${file}`)
      const place = (await ok('get ds -A -o name --no-headers')).trim()
      const [, namespace = ''] = (await ok('get ds -A -o custom-columns=N:.metadata.namespace')).split('\n')
      await rolledOut(name, ` -n ${namespace}`)
      expect(place).toContain(name)
      expect(await ok(`describe daemonset -n ${namespace}`)).toContain('Pods Status:')
      await ok('taint node k8s-worker-2 app=fluentd-logging:NoExecute')
      await ok('label node k8s-worker-1 type=platform-tools')
      await ok(
        `patch ds ${name} -n ${namespace} -p {"spec":{"template":{"spec":{"nodeSelector":{"type":"platform-tools"}}}}}`,
      )
      await rolledOut(name, ` -n ${namespace}`)
      expect(await ok(`get ds ${name} -n ${namespace} -o jsonpath={.status.desiredNumberScheduled}`)).toBe(
        '1',
      )
      await ok(`rollout undo ds/${name} -n ${namespace}`)
      await ok(`apply -f ${seed('guide-3-priorityclass.yaml')}`)
      expect(await ok('get priorityClass')).toContain('100000')
      await ok(`delete daemonset ${name} -n ${namespace} --cascade=orphan`)
      expect(await ok(`get pods -n ${namespace} -o name`)).toContain('pod/')
    },
    60_000,
  )

  articles('5: nodes have the labels that are recommended', async () => {
    const labels = await ok('get node k8s-worker-1 -o jsonpath={.metadata.labels}')
    for (const name of [
      'kubernetes.io/arch',
      'kubernetes.io/os',
      'beta.kubernetes.io/os',
      'node-role.kubernetes.io/worker',
      'node.kubernetes.io/instance-type',
      'failure-domain.beta.kubernetes.io/zone',
    ])
      expect(labels).toContain(`"${name}":`)
  })
})
