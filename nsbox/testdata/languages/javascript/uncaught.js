function length(text) {
  return text.length;
}

console.log(length(undefined));
