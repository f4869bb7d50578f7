import { createTwoFilesPatch } from 'diff'
import { relative, sep } from 'node:path'
import type { Migration } from '../../api.ts'
import { repositoryOf } from '../../project/git.ts'

/** What is changed, and where. */
interface Changed extends Pick<Migration, 'changes'> {
  readonly project: Pick<Migration['project'], 'root'>
}

/**
 * The changes as a patch for `git apply`, to be run anywhere in the repository: in a directory of it, git takes paths for
 * those from its top, and passes over what is not below the directory. Outside git, in the project's root. Line ends and
 * a missing last one are kept.
 */
export function renderPatch({ changes, project }: Changed): string {
  const top = repositoryOf(project.root) ?? project.root
  return changes
    .map(({ path, before, after }) => {
      const name = relative(top, path).split(sep).join('/')
      // The names are ours to quote: git's way of it is not the library's.
      const from = before === undefined ? '/dev/null' : quoted(`a/${name}`)
      const hunks = createTwoFilesPatch('a', 'b', before ?? '', after)
        .split('\n')
        .slice(3)
        .join('\n')
      const created = before === undefined ? 'new file mode 100644\n' : ''
      return `diff --git ${quoted(`a/${name}`)} ${quoted(`b/${name}`)}\n${created}--- ${from}\n+++ ${quoted(`b/${name}`)}\n${hunks}`
    })
    .join('')
}

/** git quotes names with characters outside printable ASCII, a quote or a backslash. */
function quoted(name: string): string {
  if (/^[ !#-[\]-~]*$/.test(name)) return name
  const bytes = [...Buffer.from(name, 'utf8')].map((byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`
    return byte < 0x20 || byte > 0x7e ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte)
  })
  return `"${bytes.join('')}"`
}
