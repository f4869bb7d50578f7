/** What the public controllers of the press room have in common. */
export default class BaseController {
  protected list<Item>(kind: string, items: Item[]) {
    return { kind, total: items.length, items }
  }
}
