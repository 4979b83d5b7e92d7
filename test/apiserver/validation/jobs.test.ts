import { describe, expect, it } from 'vitest'
import { defaultCronJob, defaultJob, defaultJobUpdate } from '#apiserver/defaults/job.ts'
import { validateCronJob, validateCronJobUpdate } from '#apiserver/validation/cron-job.ts'
import { validateJob, validateJobUpdate } from '#apiserver/validation/job.ts'
import { warningsForCronJob, warningsForJob } from '#apiserver/validation/job-warnings.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import type { JsonObject } from '#kube/types.ts'

const uid = 'a-b-c'
const template = (spec: JsonObject = {}): JsonObject => ({
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }], ...spec },
})

const job = (spec: JsonObject = {}, name = 'pi'): JsonObject =>
  defaultJob(
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: 'default', uid, resourceVersion: '1' },
      spec: { template: template(), ...spec },
    },
    uid,
  )

const cronJob = (spec: JsonObject = {}, name = 'tick'): JsonObject =>
  defaultCronJob({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: 'default', uid, resourceVersion: '1' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: template() } }, ...spec },
  })

const indexed = { completionMode: 'Indexed', completions: 5, parallelism: 2 }
const rule = (of: JsonObject): JsonObject => ({ podFailurePolicy: { rules: [of] } })
const exitCodes = (of: JsonObject) =>
  rule({ action: 'FailJob', onExitCodes: { operator: 'In', values: [1], ...of } })
const success = (...rules: JsonObject[]): JsonObject => ({ ...indexed, successPolicy: { rules } })
const policy = 'spec.podFailurePolicy.rules[0]'
const codes = `${policy}.onExitCodes`
const succeeded = 'spec.successPolicy.rules[0]'

describe('a new Job', () => {
  it.each<[string, JsonObject, string[]]>([
    ['is good', {}, []],
    [
      'with negative counts',
      { parallelism: -1, ttlSecondsAfterFinished: -5 },
      [
        'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
        'spec.ttlSecondsAfterFinished: Invalid value: -5: must be greater than or equal to 0',
      ],
    ],
    [
      'that counts failed indexes without a limit for each',
      { ...indexed, maxFailedIndexes: 1 },
      ['spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified'],
    ],
    ['managed by nobody', { managedBy: '' }, ['spec.managedBy: Required value']],
    [
      'managed by a mere name',
      { managedBy: 'kueue' },
      ['spec.managedBy: Invalid value: "kueue": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
    [
      'managed by a path that is none',
      { managedBy: 'acme.io/a b' },
      [
        `spec.managedBy: Invalid value: "a b": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')`,
      ],
    ],
    [
      'managed by too long a name',
      { managedBy: `acme.io/${'x'.repeat(60)}` },
      ['spec.managedBy: Too long: may not be more than 63 bytes'],
    ],
    [
      'of an unknown mode',
      { completionMode: 'Sorted' },
      ['spec.completionMode: Unsupported value: "Sorted": supported values: "NonIndexed", "Indexed"'],
    ],
    [
      'indexed without end',
      { completionMode: 'Indexed', parallelism: 100_001 },
      [
        'spec.completions: Required value: when completion mode is Indexed',
        'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
      ],
    ],
    [
      'of very many indexes',
      { ...indexed, completions: 100_001, parallelism: 10_001, backoffLimitPerIndex: 1 },
      [
        'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
        'spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
      ],
    ],
    [
      'that limits indexes it has not',
      { backoffLimitPerIndex: 1 },
      ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
    ],
    [
      'with a rule that says nothing',
      rule({ action: 'Ignore' }),
      [`${policy}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`],
    ],
    [
      'with a rule that says too much',
      rule({
        action: 'FailIndex',
        onExitCodes: { operator: 'NotIn', values: [0] },
        onPodConditions: [{ type: 'DisruptionTarget', status: 'Maybe' }],
      }),
      [
        `${policy}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`,
        `${policy}.onPodConditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"`,
        `${policy}: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported`,
      ],
    ],
    [
      'with exit codes in disorder',
      exitCodes({ values: [3, 0, 3, 1] }),
      [
        `${codes}.values[1]: Invalid value: 0: must not be 0 for the In operator`,
        `${codes}.values[2]: Duplicate value: 3`,
        `${codes}.values: Invalid value: [3,0,3,1]: must be ordered`,
      ],
    ],
    [
      'with exit codes of no container',
      exitCodes({ containerName: 'other', values: [] }),
      [
        `${codes}.containerName: Invalid value: "other": must be one of the container or initContainer names in the pod template`,
        `${codes}.values: Invalid value: []: at least one value is required`,
      ],
    ],
    [
      'that fails by policy and starts again',
      { ...exitCodes({}), template: template({ restartPolicy: 'OnFailure' }) },
      [
        'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
      ],
    ],
    [
      'that replaces pods too early for its policy',
      { ...exitCodes({}), podReplacementPolicy: 'TerminatingOrFailed' },
      ['spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"'],
    ],
    [
      'always restarted',
      { template: template({ restartPolicy: 'Always' }) },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'that succeeds early without indexes',
      { successPolicy: { rules: [] } },
      ['spec.successPolicy: Invalid value: {"Rules":[]}: requires indexed completion mode'],
    ],
    [
      'that succeeds early by no rule',
      success(),
      [
        'spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified',
      ],
    ],
    [
      'that succeeds by none of its indexes',
      success({ succeededIndexes: '', succeededCount: 1 }),
      [
        `${succeeded}.succeededCount: Invalid value: 1: must be less than or equal to 0 (the number of indexes in the specified succeededIndexes field)`,
      ],
    ],
    [
      'that succeeds by less than nothing',
      success({ succeededCount: -1 }),
      [`${succeeded}.succeededCount: Invalid value: -1: must be greater than or equal to 0`],
    ],
    [
      'that succeeds by a broken list',
      success({ succeededIndexes: '3,1-9', succeededCount: 2 }),
      [
        `${succeeded}.succeededIndexes: Invalid value: "3,1-9": error parsing succeededIndexes: too large index: "9"`,
        `${succeeded}.succeededCount: Invalid value: 2: must be less than or equal to 0 (the number of indexes in the specified succeededIndexes field)`,
      ],
    ],
    [
      'that succeeds by a list in disorder',
      success({ succeededIndexes: '3,1-2' }),
      [
        `${succeeded}.succeededIndexes: Invalid value: "3,1-2": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1`,
      ],
    ],
  ])('%s', (_, spec, errors) => {
    expect(validateJob(job(spec)).map(fieldErrorText)).toEqual(errors)
  })

  it('whose labels are not those that the server gives', () => {
    const [given, other] = [job(), job({}, 'other')]
    const strange = { ...given, metadata: other.metadata ?? null }
    const name = `Invalid value: {"batch.kubernetes.io/controller-uid":"${uid}","batch.kubernetes.io/job-name":"pi","controller-uid":"${uid}","job-name":"pi"}: must be 'other'`
    expect(validateJob(strange).map(fieldErrorText)).toEqual([
      `spec.template.metadata.labels[job-name]: ${name}`,
      `spec.template.metadata.labels[batch.kubernetes.io/job-name]: ${name}`,
    ])
  })

  it('is warned of where pods cannot bear its name, or the server cannot keep count', () => {
    expect(warningsForJob(job({ ...indexed, completions: 100_001, parallelism: 10_001 }, 'a.b'))).toEqual([
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
      'spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
    ])
    const old = template({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } })
    expect(warningsForCronJob(cronJob({ jobTemplate: { spec: { template: old } } }))).toEqual([
      'spec.jobTemplate.spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ])
  })
})

describe('an update of a Job', () => {
  const suspended = { suspend: true, template: template({ nodeSelector: { a: 'b' } }) }
  const bigger = {
    suspend: true,
    template: template({ containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1' } } }] }),
  }
  const stopped = { startTime: '2026-01-01T00:00:00Z', conditions: [{ type: 'Suspended', status: 'True' }] }
  const immutable = /^spec\.template: Invalid value: .*: field is immutable$/
  it.each<[string, JsonObject, JsonObject, JsonObject, (string | RegExp)[]]>([
    ['changes nothing', {}, {}, {}, []],
    ['moves one that runs', {}, suspended, stopped, [immutable]],
    ['moves one that never ran', { suspend: true }, suspended, {}, []],
    ['resizes one that never ran', { suspend: true }, bigger, {}, []],
    ['resizes one that has been stopped', { suspend: true }, bigger, stopped, []],
    ['resizes one that is being stopped', { suspend: true }, bigger, { ...stopped, active: 1 }, [immutable]],
    [
      'gives a suspended one another image',
      { suspend: true },
      {
        suspend: true,
        template: template({ containers: [{ name: 'c', image: 'j' }] }),
      },
      {},
      [immutable],
    ],
    [
      'changes who manages it, and when it is done',
      { managedBy: 'a.b/c' },
      { completions: 3 },
      {},
      [
        'spec.completions: Invalid value: 3: field is immutable',
        'spec.managedBy: Invalid value: null: field is immutable',
      ],
    ],
    ['grows an indexed one', indexed, { ...indexed, completions: 7, parallelism: 7 }, {}, []],
    [
      'grows an indexed one by its end alone',
      indexed,
      { ...indexed, completions: 7 },
      {},
      ['spec.completions: Invalid value: 7: can only be modified in tandem with spec.parallelism'],
    ],
    [
      'takes the end of an indexed one away',
      indexed,
      { completionMode: 'Indexed', parallelism: 2 },
      {},
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
  ])('%s', (_, before, after, status, errors) => {
    const old = { ...job(before), status }
    const fresh = job(after)
    const texts = validateJobUpdate({ ...defaultJobUpdate(fresh), status }, old).map(fieldErrorText)
    expect(texts).toEqual(
      errors.map((error) => (typeof error === 'string' ? error : expect.stringMatching(error))),
    )
  })
})

describe('a CronJob', () => {
  it.each<[string, JsonObject, string[]]>([
    ['is good', { timeZone: 'America/Port-au-Prince' }, []],
    ['never', { schedule: '' }, ['spec.schedule: Required value']],
    [
      'with a zone in its schedule',
      { schedule: 'TZ=UTC * * * * *' },
      [
        'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ],
    ],
    [
      'in a zone of the wrong case',
      { timeZone: 'europe/Berlin' },
      ['spec.timeZone: Invalid value: "europe/Berlin": unknown time zone europe/Berlin'],
    ],
    [
      'in a zone of another wrong case',
      { timeZone: 'Europe/BERLIN' },
      ['spec.timeZone: Invalid value: "Europe/BERLIN": unknown time zone Europe/BERLIN'],
    ],
    [
      'in no zone',
      { timeZone: '' },
      ['spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string'],
    ],
    [
      'in the zone of wherever it is',
      { timeZone: 'Local' },
      [
        'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ],
    ],
    [
      'of an unknown policy',
      { concurrencyPolicy: 'Perhaps', startingDeadlineSeconds: -1 },
      [
        'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
        'spec.concurrencyPolicy: Unsupported value: "Perhaps": supported values: "Allow", "Forbid", "Replace"',
      ],
    ],
  ])('%s', (_, spec, errors) => {
    expect(validateCronJob(cronJob(spec)).map(fieldErrorText)).toEqual(errors)
  })

  it('keeps what was stored before there were rules about it', () => {
    const old = cronJob({ schedule: 'TZ=UTC * * * * *', timeZone: 'europe/Berlin' })
    expect(validateCronJobUpdate(old, old).map(fieldErrorText)).toEqual([
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use both timeZone field and TZ or CRON_TZ in schedule',
    ])
  })

  it('has a name that leaves room for its Jobs', () => {
    expect(validateCronJob(cronJob({}, 'x'.repeat(53))).map(fieldErrorText)).toEqual([
      `metadata.name: Invalid value: "${'x'.repeat(53)}": must be no more than 52 characters`,
    ])
  })
})
