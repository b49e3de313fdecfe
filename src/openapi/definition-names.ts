import type { Node } from './contract-tree.js'

/** Names under which places in files become definitions: as they are called there, and each name once. */
export class DefinitionNames {
  readonly #nameByPlace = new Map<string, string>()
  readonly #nodeByName = new Map<string, Node>()

  nameOf(node: Node): { readonly name: string; readonly isNew: boolean } {
    const place = `${node.file}#${node.pointer}`
    const known = this.#nameByPlace.get(place)
    if (known !== undefined) return { name: known, isNew: false }
    const wish = wishedName(node)
    let name = wish
    for (let count = 2; this.#nodeByName.has(name); count++) name = `${wish}_${count}`
    this.#nameByPlace.set(place, name)
    this.#nodeByName.set(name, node)
    return { name, isNew: true }
  }

  nodeOf(name: string): Node | undefined {
    return this.#nodeByName.get(name)
  }
}

/** The last part of the pointer, or the file's name without its extension, with no letter that `$ref` would escape. */
function wishedName({ file, pointer }: Node): string {
  const last = pointer.slice(pointer.lastIndexOf('/') + 1)
  const fileName = file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '')
  const name = (last === '' ? fileName : last).replaceAll(/[^A-Za-z0-9._-]/g, '_')
  return name === '' ? 'Schema' : name
}
