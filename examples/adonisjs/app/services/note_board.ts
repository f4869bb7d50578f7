const notes: string[] = []

/** Where listeners leave notes for the rest of the application. */
export default class NoteBoard {
  pin(note: string) {
    notes.push(note)
  }

  latest() {
    return notes.at(-1)
  }
}
