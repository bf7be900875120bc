interface Text {
  text?: string;
}

function length(t: Text): number {
  return t.text!.length;
}

console.log(length({}));
