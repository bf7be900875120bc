const fs = require('fs')
const os = require('os')
const path = require('path')

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'notes-'))
const file = path.join(dir, 'notes.json')

const save = (notes) => fs.writeFileSync(file, JSON.stringify(notes, null, 2))
const load = () => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [])

function addNote(title, body = '') {
  const notes = load()
  const duplicate = notes.find((note) => note.title === title)
  if (duplicate) {
    console.log(`"${title}" is taken`)
    return false
  }
  notes.push({ title, body, tags: body.match(/#\w+/g) ?? [] })
  save(notes)
  return true
}

addNote('shopping', 'milk and #bread')
addNote('work', 'call Bob #urgent #phone')
addNote('shopping')

const notes = load()
notes.forEach((note, index) => {
  console.log(`${index + 1}. ${note.title} [${note.tags.join(' ')}]`)
})
console.log('lines:', fs.readFileSync(file, 'utf8').split('\n').length)
fs.rmSync(dir, { recursive: true })
console.log(fs.existsSync(dir))
