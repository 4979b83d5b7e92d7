import type { FieldPath } from '#base/field-path.ts'
import { type JsonObject, withoutNulls } from '#base/json.ts'
import { objectsIn } from '#kube/read.ts'
import { podTolerations } from '#placement/tolerations.ts'
import { inPod, isSystem, paste, remove } from '../subject.ts'
import type { Checks, Subject } from '../types.ts'
import { demandsOf } from './demands.ts'

type Toleration = ReturnType<typeof podTolerations>[number]

const path: FieldPath = inPod('tolerations')

/** The manifest's own, in their order. */
export const ownTolerations = ({ daemonSet }: Subject): Toleration[] =>
  podTolerations(daemonSet.spec?.template?.spec).filter(({ origin }) => origin === 'manifest')

const exists = ({ operator }: Toleration) => operator === 'Exists'
const equals = ({ operator }: Toleration) => ['', 'Equal'].includes(operator)

/** Does one toleration cover every taint that the other covers? */
function covers(one: Toleration, other: Toleration): boolean {
  const key = one.key === other.key || (one.key === '' && exists(one))
  const value = exists(one) || (equals(one) && equals(other) && one.value === other.value)
  return key && value && (one.effect === '' || one.effect === other.effect)
}

const roles = 'node-role.kubernetes.io/'

/** Which taints a DaemonSet puts up with. */
export const tolerations: Checks = {
  'tolerate-all': {
    severity: 'info',
    why: 'Tainting a node to keep pods off it (a drain, a quarantine, a node that is still being set up) does not keep this one off.',
    find(subject) {
      const all = ownTolerations(subject).find(
        (one) => one.key === '' && exists(one) && one.effect !== 'PreferNoSchedule',
      )
      // What every node needs to work at all is meant to be everywhere.
      if (!all || isSystem(subject.pod)) return
      return {
        path: [...path, all.index ?? 0],
        message: `it tolerates ${all.text}`,
        fix: paste('name the taints that are meant', inPod(), {
          tolerations: [{ key: `${roles}control-plane`, operator: 'Exists', effect: 'NoSchedule' }],
        }),
      }
    },
  },
  'redundant-toleration': {
    severity: 'info',
    why: 'A toleration that adds nothing hides those that matter.',
    // One that limits its time says something even where another covers the taint, unless the controller overwrites it.
    *find({ daemonSet, pod }) {
      const timed = objectsIn(pod, 'tolerations').map((one) => typeof one.tolerationSeconds === 'number')
      const spec = daemonSet.spec?.template?.spec
      // The controller's list, whatever the manifest repeats of it.
      const added = podTolerations({ hostNetwork: spec?.hostNetwork })
      const all = podTolerations(spec)
      for (const [index, own] of all.entries()) {
        if (own.origin !== 'manifest') continue
        const same = added.find((one) => one.text === own.text && exists(own))
        const by = all.find(
          (one, at) =>
            !timed[index] &&
            one.origin === 'manifest' &&
            at !== index &&
            covers(one, own) &&
            (at < index || !covers(own, one)),
        )
        if (!same && !by && (timed[index] || !added.some((one) => covers(one, own)))) continue
        const who = by
          ? `the toleration of ${by.text} covers it`
          : 'the controller adds it to every daemon pod'
        const lost = same && timed[index] ? ', without the tolerationSeconds' : ''
        yield {
          path: [...path, index],
          message: `tolerating ${own.text} changes nothing: ${who}${lost}`,
          fix: remove('remove it', [...path, index]),
        }
      }
    },
  },
  'legacy-role': {
    severity: 'warning',
    why: 'Control planes carry node-role.kubernetes.io/control-plane; the older name is gone, and the pod stays away from them.',
    // kubeadm wrote the old taint and label until v1.24, and both until v1.23.
    *find(subject) {
      const { pod } = subject
      const own = ownTolerations(subject)
      const old = own.find(({ key }) => key === `${roles}master`)
      const present = { ...old, key: `${roles}control-plane` } as Toleration
      if (old && !own.some((one) => covers(one, present))) {
        const written = withoutNulls(objectsIn(pod, 'tolerations')[old.index ?? 0] ?? {}) as JsonObject
        yield {
          path: [...path, old.index ?? 0],
          message: `it tolerates ${old.text}, the taint of control planes until v1.24, and not today's`,
          fix: paste(`tolerate ${present.key}, too`, inPod(), {
            tolerations: [{ ...written, key: present.key }],
          }),
        }
      }
      const demands = demandsOf(pod)
      // As an alternative beside the new name it is there for old clusters.
      if (demands.some(({ key }) => key === `${roles}control-plane`)) return
      for (const { key, operator, path: at } of demands)
        if (key === `${roles}master` && !['NotIn', 'DoesNotExist'].includes(operator))
          yield {
            path: at,
            part: 'key',
            message: `no control plane since v1.24 has the label ${key}`,
            fix: `select by ${roles}control-plane`,
          }
    },
  },
}
