import { escapeLine } from '#base/escape.ts'
import type { NextStep } from '#controller/state/next-step.ts'

export interface StepSubject {
  readonly namespace: string
  readonly name: string
}

/** A word of a command line, quoted where a shell would not leave it as it is. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${escapeLine(word).replaceAll("'", "'\\''")}'`

/** The step as a command to copy; undefined where there is nothing to do but to wait. */
export function stepCommand(step: NextStep, { namespace, name }: StepSubject): string | undefined {
  const here = ['-n', namespace]
  const words = wordsOf(step, namespace, name, here)
  return words?.map(shellWord).join(' ')
}

function wordsOf(
  step: NextStep,
  namespace: string,
  name: string,
  here: readonly string[],
): readonly string[] | undefined {
  const patch = (spec: object) => [
    'kubectl',
    'patch',
    'daemonset',
    name,
    ...here,
    '-p',
    JSON.stringify({ spec }),
  ]
  switch (step.kind) {
    case 'undo':
      return ['kds', 'rollout', 'undo', `ds/${name}`, ...here, `--to-revision=${step.toRevision}`]
    case 'describe': {
      const everywhere =
        step.what === 'node' || step.what === 'namespace' || step.what === 'validatingadmissionpolicy'
      const there = step.namespace === undefined ? here : ['-n', step.namespace]
      return ['kubectl', 'describe', step.what, step.name, ...(everywhere ? [] : there)]
    }
    case 'list': {
      const everywhere = /classes$|configurations$/.test(step.what)
      return [
        'kubectl',
        step.what === 'limitranges' ? 'describe' : 'get',
        step.what,
        ...(everywhere ? [] : here),
      ]
    }
    case 'logs':
      return [
        'kubectl',
        'logs',
        step.pod,
        ...here,
        ...(step.container === undefined ? [] : ['-c', step.container]),
        ...(step.previous ? ['--previous'] : []),
      ]
    case 'delete-node':
      return ['kubectl', 'delete', 'node', step.node]
    case 'delete-pod':
      return [
        'kubectl',
        'delete',
        'pod',
        step.pod,
        ...here,
        ...(step.force ? ['--grace-period=0', '--force'] : []),
      ]
    case 'raise-budget':
      return patch({ updateStrategy: { rollingUpdate: { [step.rule]: step.to } } })
    case 'set-priority-class':
      return patch({ template: { spec: { priorityClassName: step.className } } })
    case 'create-priority-class':
      return ['kubectl', 'create', 'priorityclass', step.name, '--value=1000000']
    case 'unset-runtime-class':
      return patch({ template: { spec: { runtimeClassName: null } } })
    case 'set-resources':
      return ['kubectl', 'set', 'resources', 'daemonset', name, ...here, `--${step.of}=${step.amounts}`]
    case 'create-service-account':
      return ['kubectl', 'create', 'serviceaccount', step.name, ...here]
    case 'allow-pod-security':
      return [
        'kubectl',
        'label',
        'namespace',
        namespace,
        `pod-security.kubernetes.io/enforce=${step.level}`,
        '--overwrite',
      ]
    case 'why':
      return ['kds', 'why', step.node, name, ...here]
    case 'wait':
      return undefined
  }
}
