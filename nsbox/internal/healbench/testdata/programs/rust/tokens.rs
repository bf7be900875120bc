#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(i64),
    Plus,
    Star,
    Open,
    Close,
}

fn tokenize(source: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let chars: Vec<char> = source.chars().collect();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        match c {
            ' ' => {}
            '+' => tokens.push(Token::Plus),
            '*' => tokens.push(Token::Star),
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '0'..='9' => {
                let mut value = 0;
                while i < chars.len() && chars[i].is_ascii_digit() {
                    value = value * 10 + chars[i].to_digit(10).unwrap() as i64;
                    i += 1;
                }
                tokens.push(Token::Number(value));
                continue;
            }
            other => return Err(format!("unexpected {}", other)),
        }
        i += 1;
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    position: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position)
    }

    fn sum(&mut self) -> i64 {
        let mut value = self.product();
        while self.peek() == Some(&Token::Plus) {
            self.position += 1;
            value += self.product();
        }
        value
    }

    fn product(&mut self) -> i64 {
        let mut value = self.atom();
        while self.peek() == Some(&Token::Star) {
            self.position += 1;
            value *= self.atom();
        }
        value
    }

    fn atom(&mut self) -> i64 {
        let token = self.tokens[self.position].clone();
        self.position += 1;
        match token {
            Token::Number(value) => value,
            Token::Open => {
                let value = self.sum();
                self.position += 1;
                value
            }
            _ => 0,
        }
    }
}

fn main() {
    for source in ["1 + 2 * 3", "(1 + 2) * 3", "7 - 1"] {
        match tokenize(source) {
            Ok(tokens) => {
                let mut parser = Parser { tokens, position: 0 };
                println!("{} = {}", source, parser.sum());
            }
            Err(message) => println!("{}: {}", source, message),
        }
    }
}
