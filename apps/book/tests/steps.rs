//! The steps between the numbered equations: each `=` of a display block is true on random matrices over a
//! prime field, exactly, with no tolerance. What the checker can't read is listed with its reason.

use book::tex::{self, Class, Node};
use book::{File, ROOT};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const PAGES: [&str; 6] = [
    "docs/00-notation.md",
    "docs/01-one-net.md",
    "docs/02-softmax-regression.md",
    "docs/03-two-net.md",
    "docs/04-three-net.md",
    "docs/05-any-depth.md",
];

const P: u64 = 2_147_483_647;
/// Every matrix has this many rows and columns, so that all products exist.
const SIZE: usize = 3;

/// A number and its change: products of two changes are dropped, as in a differential.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Dual(u64, u64);

fn inverse(x: u64) -> u64 {
    let (mut result, mut power, mut n) = (1, x, P - 2);
    while n > 0 {
        if n & 1 == 1 {
            result = result * power % P;
        }
        (power, n) = (power * power % P, n / 2);
    }
    result
}

/// A number that depends on the text alone.
fn random(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    matrix::Rng::new(hash).next_u64() % (P - 1) + 1
}

impl Dual {
    fn plus(self, b: Self) -> Self {
        Self((self.0 + b.0) % P, (self.1 + b.1) % P)
    }
    fn minus(self) -> Self {
        Self((P - self.0) % P, (P - self.1) % P)
    }
    fn times(self, b: Self) -> Self {
        Self(self.0 * b.0 % P, (self.0 * b.1 % P + self.1 * b.0 % P) % P)
    }
    fn inverse(self) -> Self {
        let x = inverse(self.0);
        Self(x, (P - x * x % P) * self.1 % P)
    }
    /// A function that is only known by its derivative: `at` is its value there.
    fn of(self, name: &str, derivative: u64) -> Self {
        Self(random(&format!("{name} {}", self.0)), derivative * self.1 % P)
    }
}

/// A number or a matrix.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Number(Dual),
    Matrix(Vec<Vec<Dual>>),
}

use Value::{Matrix, Number};

type Read<T> = Result<T, String>;

const SIDE_BY_SIDE: &str = "two matrices side by side";

fn matrix(f: impl Fn(usize, usize) -> Dual) -> Value {
    Matrix((0..SIZE).map(|i| (0..SIZE).map(|j| f(i, j)).collect()).collect())
}

impl Value {
    fn map(self, f: impl Fn(Dual) -> Dual) -> Value {
        match self {
            Number(x) => Number(f(x)),
            Matrix(a) => {
                Matrix(a.into_iter().map(|row| row.into_iter().map(&f).collect()).collect())
            }
        }
    }

    /// Entry by entry; a number goes with every entry.
    fn zip(self, b: Value, f: impl Fn(Dual, Dual) -> Dual) -> Read<Value> {
        Ok(match (self, b) {
            (a, Number(y)) => a.map(|x| f(x, y)),
            (Number(x), b) => b.map(|y| f(x, y)),
            (Matrix(a), Matrix(b)) if a.len() == b.len() => {
                let rows = a.into_iter().zip(b);
                let row =
                    |(a, b): (Vec<Dual>, Vec<Dual>)| a.into_iter().zip(b).map(|(x, y)| f(x, y));
                Matrix(rows.map(|rows| row(rows).collect()).collect())
            }
            _ => return Err("shapes".into()),
        })
    }

    fn dot(self, b: Value) -> Read<Value> {
        let (Matrix(a), Matrix(b)) = (&self, &b) else { return self.zip(b, Dual::times) };
        Ok(matrix(|i, j| (0..SIZE).map(|k| a[i][k].times(b[k][j])).fold(Dual(0, 0), Dual::plus)))
    }

    fn t(self) -> Value {
        match self {
            Matrix(a) => matrix(|i, j| a[j][i]),
            number => number,
        }
    }

    fn sum(&self) -> Value {
        match self {
            Number(x) => Number(*x),
            Matrix(a) => Number(a.iter().flatten().copied().fold(Dual(0, 0), Dual::plus)),
        }
    }
}

/// The equations of a chapter that say what a letter is, and what may change in a statement.
struct Chapter<'a> {
    definitions: &'a [(String, Vec<Node>)],
    moving: BTreeSet<String>,
    /// Whether all letters are numbers, as in a formula of one entry.
    of_numbers: bool,
    known: RefCell<BTreeMap<String, Value>>,
}

const NUMBERS: [&str; 4] = ["N", "m", "lambda", "eta"];

impl Chapter<'_> {
    /// The value of a letter: as its equation says, else random.
    fn value(&self, name: &str) -> Read<Value> {
        if let Some(value) = self.known.borrow().get(name) {
            return Ok(value.clone());
        }
        let definition = self.definitions.iter().find(|(letter, _)| letter == name);
        let value = match definition {
            Some((_, nodes)) => evaluate(nodes, self, &BTreeMap::new())?,
            None if NUMBERS.contains(&name) => Number(Dual(random(name), 0)),
            None if self.of_numbers => Number(Dual(random(name), random(&format!("d{name}")))),
            None => {
                let moves = u64::from(self.moving.contains(name));
                let entry = |what: &str, i, j| random(&format!("{what}{name} {i} {j}"));
                matrix(|i, j| Dual(entry("", i, j), moves * entry("d", i, j)))
            }
        };
        self.known.borrow_mut().insert(name.into(), value.clone());
        Ok(value)
    }
}

/// What a letter is called: ∇W^{(2)} is `∇W 2`. The last layer L is a layer l.
fn name(node: &Node) -> Option<String> {
    if let Some(letter) = node.letter() {
        let (nabla, layer) = (if letter.nabla { "∇" } else { "" }, letter.layer.replace('L', "l"));
        return Some(format!("{nabla}{} {layer}", letter.base).trim().to_string());
    }
    match scripts(node).0 {
        Node::Symbol(Class::Italic | Class::Ordinary | Class::Function, text) => Some(text.clone()),
        _ => None,
    }
}

fn flatten<'a>(nodes: &'a [Node], plain: &mut Vec<&'a Node>) {
    for node in nodes {
        match node {
            Node::Space(_) | Node::Text(_) => {}
            Node::Group(inner) => flatten(inner, plain),
            Node::Big(_, inner) => plain.push(inner),
            node => plain.push(node),
        }
    }
}

fn evaluate(nodes: &[Node], chapter: &Chapter, at: &BTreeMap<String, usize>) -> Read<Value> {
    let mut plain = Vec::new();
    flatten(nodes, &mut plain);
    let mut reader = Reader { rest: &plain, chapter, at: at.clone() };
    let value = reader.sum()?;
    reader.rest.first().map_or(Ok(value), |node| Err(format!("{node:?}")))
}

struct Reader<'a, 'b> {
    rest: &'a [&'a Node],
    chapter: &'b Chapter<'b>,
    at: BTreeMap<String, usize>,
}

/// What stands below and above a piece.
fn scripts(node: &Node) -> (&Node, usize, Option<&Node>, Option<&Node>) {
    match node {
        Node::Script { base, primes, sub, sup } => {
            let base = if let Node::Big(_, inner) = base.as_ref() { inner } else { base };
            (base, *primes, sub.as_deref(), sup.as_deref())
        }
        // ∇a_{ij} is an entry of ∇a.
        Node::Nabla(of) => match of.as_ref() {
            Node::Script { sub, sup, .. } => (node, 0, sub.as_deref(), sup.as_deref()),
            _ => (node, 0, None, None),
        },
        node => (node, 0, None, None),
    }
}

fn plain(node: &Node) -> Vec<&Node> {
    let mut all = Vec::new();
    flatten(std::slice::from_ref(node), &mut all);
    all
}

impl<'a> Reader<'a, '_> {
    fn next(&mut self) -> Read<&'a Node> {
        let (first, rest) = self.rest.split_first().ok_or("the end")?;
        self.rest = rest;
        Ok(first)
    }

    fn binary(&self) -> Option<&'a str> {
        match self.rest.first() {
            Some(Node::Symbol(Class::Binary, text)) => Some(text),
            _ => None,
        }
    }

    fn sum(&mut self) -> Read<Value> {
        let negative = self.binary() == Some("−");
        if negative {
            self.next()?;
        }
        let mut left = self.product()?;
        if negative {
            left = left.map(Dual::minus);
        }
        while let Some(sign @ ("+" | "−")) = self.binary() {
            self.next()?;
            let mut right = self.product()?;
            if sign == "−" {
                right = right.map(Dual::minus);
            }
            left = left.zip(right, Dual::plus)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Read<Value> {
        let mut left = self.factor()?;
        loop {
            let sign = match self.binary() {
                Some(sign @ ("·" | "∗")) => sign,
                Some(_) => return Ok(left),
                None => "",
            };
            let class = self.rest.first().map(|node| scripts(node).0.class());
            if sign.is_empty()
                && matches!(class, None | Some(Class::Close | Class::Punctuation | Class::Relation))
            {
                return Ok(left);
            }
            if !sign.is_empty() {
                self.next()?;
            }
            let right = self.factor()?;
            left = match (&left, sign) {
                (_, "·") => left.dot(right)?,
                (Matrix(_), "") if matches!(right, Matrix(_)) => return Err(SIDE_BY_SIDE.into()),
                _ => left.zip(right, Dual::times)?,
            };
        }
    }

    /// Applies what stands above and below: a transpose, a power, indices.
    fn scripted(&self, value: Value, sub: Option<&Node>, sup: Option<&Node>) -> Read<Value> {
        let mut value = value;
        match sup.map(plain).as_deref() {
            Some([Node::Symbol(_, top)]) if top == "⊤" => value = value.t(),
            Some([Node::Number(two)]) if two == "2" => {
                value = value.clone().zip(value, Dual::times)?;
            }
            Some([Node::Symbol(Class::Open, _), ..]) | None => {}
            Some(other) => return Err(format!("above: {other:?}")),
        }
        let Some(sub) = sub else { return Ok(value) };
        let indices: Vec<usize> = plain(sub)
            .into_iter()
            .filter(|node| !matches!(node, Node::Symbol(Class::Punctuation, _)))
            .map(|node| {
                let name = name(node).ok_or_else(|| format!("{node:?}"))?;
                self.at.get(&name).copied().ok_or(name)
            })
            .collect::<Read<_>>()?;
        match (value, indices.as_slice()) {
            (Matrix(a), [i, j]) => Ok(Number(a[*i][*j])),
            (Matrix(a), [i]) => Ok(Matrix(vec![a[*i].clone()])),
            (_, indices) => Err(format!("indices {indices:?}")),
        }
    }

    fn bracket(&mut self, open: &str) -> Read<Value> {
        let inside = self.sum()?;
        let (base, _, sub, sup) = scripts(self.next()?);
        let Node::Symbol(Class::Close | Class::Bar, _) = base else {
            return Err(format!("{base:?}"));
        };
        if open == "‖" {
            return Ok(inside.clone().zip(inside, Dual::times)?.sum());
        }
        self.scripted(inside, sub, sup)
    }

    /// The argument of a function: what is in brackets, or the next factor.
    fn argument(&mut self) -> Read<Value> {
        self.factor()
    }

    fn factor(&mut self) -> Read<Value> {
        let node = self.next()?;
        let (base, primes, sub, sup) = scripts(node);
        match base {
            Node::Number(ones) if ones == "𝟏" => {
                self.scripted(self.chapter.value("1")?, sub, sup)
            }
            Node::Number(number) => {
                let number: u64 = number.parse().map_err(|_| number.clone())?;
                self.scripted(Number(Dual(number, 0)), sub, sup)
            }
            Node::Fraction(_, over, under) => {
                let of = |node: &Node| evaluate(std::slice::from_ref(node), self.chapter, &self.at);
                of(over)?.zip(of(under)?.map(Dual::inverse), Dual::times)
            }
            Node::Symbol(Class::Open, open) => self.bracket(open),
            Node::Symbol(Class::Function, sum) if sum == "∑" => {
                self.sum_over(sub.ok_or("a sum over nothing")?)
            }
            Node::Symbol(Class::Function, f) => self.call(f, primes),
            _ => {
                let letter = name(node).ok_or_else(|| format!("{node:?}"))?;
                let plain_letter = match base {
                    Node::Nabla(_) => String::new(),
                    base => name(base).unwrap_or_default(),
                };
                match plain_letter.as_str() {
                    "d" if sup.is_none() && sub.is_none() => {
                        let change = self.factor()?;
                        return Ok(change.map(|x| Dual(x.1, 0)));
                    }
                    "e" => {
                        let power = sup.ok_or("e alone")?;
                        let power = evaluate(std::slice::from_ref(power), self.chapter, &self.at)?;
                        return Ok(power.map(|x| {
                            let value = random(&format!("exp {}", x.0));
                            Dual(value, value * x.1 % P)
                        }));
                    }
                    _ => {}
                }
                let called = matches!(self.rest.first(), Some(Node::Symbol(Class::Open, open)) if open == "(");
                let function = ["relu", "f", "sigma", "softmax", "lse", "CE"];
                if called && function.contains(&plain_letter.as_str()) {
                    return self.call(&plain_letter, primes);
                }
                if called
                    && primes == 0
                    && !NUMBERS.contains(&letter.as_str())
                    && letter.len() > 1
                    && !letter.contains(' ')
                {
                    return Err(format!("{letter}(…)"));
                }
                let value = self.chapter.value(&letter)?;
                // An upper index that is a layer belongs to the name.
                self.scripted(value, sub, sup)
            }
        }
    }

    fn call(&mut self, f: &str, primes: usize) -> Read<Value> {
        if f == "CE" {
            return self.loss();
        }
        let a = self.argument()?;
        let one = Dual(1, 0);
        let cube = |x: Dual| x.times(x).times(x).plus(x);
        let square = |x: Dual| Dual(3, 0).times(x).times(x).plus(one);
        let sigmoid = |x: Dual| {
            let power = random(&format!("exp {}", (P - x.0) % P));
            one.plus(Dual(power, (P - power) * x.1 % P)).inverse()
        };
        Ok(match (f, primes) {
            ("tr", 0) => {
                let Matrix(a) = a else { return Err("the trace of a number".into()) };
                Number((0..SIZE).map(|i| a[i][i]).fold(Dual(0, 0), Dual::plus))
            }
            ("ln", 0) => a.map(|x| x.of("ln", inverse(x.0))),
            // Any function of each entry will do: x³ + x.
            ("relu" | "f", 0) => a.map(cube),
            ("relu" | "f", 1) => a.map(square),
            ("sigma", 0) => a.map(sigmoid),
            ("sigma", 1) => a.map(|x| Dual(sigmoid(Dual(x.0, 1)).1, 0)),
            ("softmax", 0) => {
                let Matrix(a) = a else { return Err("softmax of a number".into()) };
                Matrix(a.iter().map(|row| softmax(row)).collect())
            }
            ("lse", 0) => {
                let Matrix(a) = a else { return Err("lse of a number".into()) };
                let [row] = a.as_slice() else { return Err("lse of several rows".into()) };
                let sum = row.iter().map(|x| exp(*x)).fold(Dual(0, 0), Dual::plus);
                Number(sum.of("ln", inverse(sum.0)))
            }
            _ => return Err(format!("{f}{}", "′".repeat(primes))),
        })
    }

    /// CE(z, Y), known by its gradient: the lemma of chapter 2.
    fn loss(&mut self) -> Read<Value> {
        self.next()?;
        let scores = self.next()?;
        let scores = name(scores).ok_or("scores")?;
        while !matches!(self.next()?, Node::Symbol(Class::Close, _)) {}
        let z = self.chapter.value(&scores)?;
        let gradient = self.chapter.value(&format!("∇{scores}"))?;
        let change =
            z.map(|x| Dual(x.1, 0)).zip(gradient.map(|x| Dual(x.0, 0)), Dual::times)?.sum();
        Ok(change.map(|x| Dual(random("L"), x.0)))
    }

    fn sum_over(&mut self, sub: &Node) -> Read<Value> {
        let mut indices = Vec::new();
        for node in plain(sub) {
            match node {
                Node::Symbol(Class::Relation, sign) if sign == "=" => break,
                Node::Symbol(Class::Punctuation, _) => {}
                Node::Symbol(Class::Relation, sign) => return Err(format!("a sum with {sign}")),
                node => indices.push(name(node).ok_or_else(|| format!("{node:?}"))?),
            }
        }
        let start = self.rest;
        let (mut total, outer) = (Number(Dual(0, 0)), self.at.clone());
        for count in 0..SIZE.pow(indices.len() as u32) {
            self.rest = start;
            for (n, index) in indices.iter().enumerate() {
                self.at.insert(index.clone(), count / SIZE.pow(n as u32) % SIZE);
            }
            let product = self.product()?;
            total = total.zip(product, Dual::plus)?;
        }
        self.at = outer;
        Ok(total)
    }
}

fn exp(x: Dual) -> Dual {
    let value = random(&format!("exp {}", x.0));
    Dual(value, value * x.1 % P)
}

fn softmax(row: &[Dual]) -> Vec<Dual> {
    let sum = row.iter().map(|x| exp(*x)).fold(Dual(0, 0), Dual::plus);
    row.iter().map(|x| exp(*x).times(sum.inverse())).collect()
}

/// A statement of a display block: its sides, and where it stands.
struct Statement {
    place: String,
    sides: Vec<Vec<Node>>,
    relations: Vec<String>,
    numbered: bool,
    text: String,
}

/// Every statement of the display blocks of a page.
fn statements(file: &File) -> Vec<Statement> {
    let mut all: Vec<Statement> = Vec::new();
    let mut at = 0;
    while at < file.lines.len() {
        let start = at + 1;
        at += 1;
        if file.lines[start - 1].trim() != "```math" {
            continue;
        }
        while file.lines[at].trim() != "```" {
            at += 1;
        }
        let text = file.lines[start..at].join("\n");
        let mut first = true;
        for line in tex::lines((file, start + 1), &text).unwrap_or_else(|error| panic!("{error}")) {
            let nodes: Vec<Node> = line.cells.into_iter().flat_map(|(nodes, _)| nodes).collect();
            let mut depth = 0;
            let mut sides = vec![vec![]];
            let mut relations = Vec::new();
            let mut parts = Vec::new();
            for node in nodes {
                match scripts(if let Node::Big(_, inner) = &node { inner } else { &node }).0.class()
                {
                    Class::Open => depth += 1,
                    Class::Close => depth -= 1,
                    _ => {}
                }
                match &node {
                    Node::Symbol(Class::Relation, sign) if depth == 0 => {
                        relations.push(sign.clone());
                        sides.push(vec![]);
                    }
                    Node::Symbol(Class::Punctuation, _) if depth == 0 => {
                        parts.push((
                            std::mem::replace(&mut sides, vec![vec![]]),
                            std::mem::take(&mut relations),
                        ));
                    }
                    _ => sides.last_mut().unwrap().push(node),
                }
            }
            parts.push((sides, relations));
            for (sides, relations) in parts {
                let blank = |side: &Vec<Node>| {
                    side.iter().all(|node| matches!(node, Node::Space(_) | Node::Text(_)))
                };
                if sides.iter().all(blank) {
                    continue;
                }
                // A line that begins with = or a sign goes on with the one above.
                let goes_on = !first && blank(&sides[0]);
                let adds = !first && relations.is_empty();
                if goes_on || adds {
                    let last = all.last_mut().unwrap();
                    let mut sides = sides.into_iter();
                    last.sides.last_mut().unwrap().extend(sides.next().unwrap());
                    last.sides.extend(sides);
                    last.relations.extend(relations);
                } else {
                    let place = format!("{}:{}", file.name, start + 1);
                    let (numbered, text) = (line.number.is_some(), text.clone());
                    all.push(Statement { place, sides, relations, numbered, text });
                }
                first = false;
            }
        }
    }
    all
}

/// The letters whose differentials stand in a formula.
fn differentials(nodes: &[Node], found: &mut BTreeSet<String>) {
    let mut plain = Vec::new();
    flatten(nodes, &mut plain);
    for (i, node) in plain.iter().enumerate() {
        if name(node).as_deref() == Some("d") && !matches!(node, Node::Script { .. }) {
            match plain.get(i + 1) {
                Some(
                    next
                    @ (Node::Letter(..) | Node::Script { .. } | Node::Symbol(Class::Italic, _)),
                ) => {
                    found.extend(name(next));
                }
                // d(…) of a sum: all that is in it.
                _ => found.extend(plain[i..].iter().filter_map(|node| name(node))),
            }
        }
        match node {
            Node::Fraction(_, over, under) => {
                differentials(std::slice::from_ref(over), found);
                differentials(std::slice::from_ref(under), found);
            }
            Node::Script { base, .. } => differentials(std::slice::from_ref(base), found),
            _ => {}
        }
    }
}

/// The letters of a formula.
fn letters(nodes: &[Node], found: &mut BTreeSet<String>) {
    let mut plain = Vec::new();
    flatten(nodes, &mut plain);
    for node in plain {
        found.extend(name(node));
        match node {
            Node::Fraction(_, over, under) => {
                letters(std::slice::from_ref(over), found);
                letters(std::slice::from_ref(under), found);
            }
            Node::Script { base, .. } if name(node).is_none() => {
                letters(std::slice::from_ref(base), found);
            }
            _ => {}
        }
    }
}

/// Whether all sides of a statement are equal, or why it can't be read.
fn check(statement: &Statement, definitions: &[(String, Vec<Node>)]) -> Read<bool> {
    if let Some(sign) = statement.relations.iter().find(|sign| *sign != "=") {
        return Err(sign.clone());
    }
    let mut moving = BTreeSet::new();
    statement.sides[1..].iter().for_each(|side| differentials(side, &mut moving));
    // What a letter that moves is made of moves; all else is held fixed.
    loop {
        let mut more = moving.clone();
        for (_, nodes) in definitions.iter().filter(|(letter, _)| moving.contains(letter)) {
            letters(nodes, &mut more);
        }
        if more == moving {
            break;
        }
        moving = more;
    }
    let equal = |of_numbers| -> Read<bool> {
        let moving = moving.clone();
        let chapter = Chapter { definitions, moving, of_numbers, known: RefCell::default() };
        // Indices that no sum binds: the equation is one of each entry.
        for count in 0..SIZE * SIZE {
            let [i, j] = [count % SIZE, count / SIZE];
            let at = [("i", i), ("j", j), ("k", i)].map(|(index, n)| (index.to_string(), n));
            let at = BTreeMap::from(at);
            let values = statement.sides.iter().map(|side| evaluate(side, &chapter, &at));
            let values: Vec<Value> = values.collect::<Read<_>>()?;
            let same = |pair: &[Value]| match (&pair[0], &pair[1]) {
                (Number(a), Number(b)) => a.0 == b.0,
                (Matrix(a), Matrix(b)) => {
                    a.iter().flatten().map(|x| x.0).eq(b.iter().flatten().map(|x| x.0))
                }
                _ => false,
            };
            if !values.windows(2).all(same) {
                return Ok(false);
            }
        }
        Ok(true)
    };
    match equal(false) {
        Err(error) if error == SIDE_BY_SIDE => equal(true),
        result => result,
    }
}

/// The letter that an equation says what it is.
fn definition(statement: &Statement) -> Option<(String, Vec<Node>)> {
    let [left, right, ..] = statement.sides.as_slice() else { return None };
    let mut plain = Vec::new();
    flatten(left, &mut plain);
    let [letter] = plain.as_slice() else { return None };
    let name = name(letter)?;
    (statement.relations[0] == "=" && scripts(letter).2.is_none()).then(|| (name, right.clone()))
}

/// A page's statements between its numbered equations, and what they come to. A numbered equation, and
/// one that only says what a letter is, has nothing to be checked.
fn steps(file: &File) -> Vec<(Statement, Read<bool>)> {
    let all = statements(file);
    let mut definitions: Vec<(String, Vec<Node>)> = Vec::new();
    let mut only_define = BTreeSet::new();
    for (n, statement) in all.iter().enumerate() {
        let Some((name, nodes)) = definition(statement) else { continue };
        let chapter = Chapter {
            definitions: &definitions,
            moving: BTreeSet::new(),
            of_numbers: false,
            known: RefCell::default(),
        };
        if definitions.iter().all(|(known, _)| *known != name)
            && evaluate(&nodes, &chapter, &BTreeMap::new()).is_ok()
        {
            definitions.push((name, nodes));
            if statement.sides.len() == 2 {
                only_define.insert(n);
            }
        }
    }
    let is_step = |n: &usize, statement: &Statement| {
        !statement.numbered && statement.sides.len() > 1 && !only_define.contains(n)
    };
    let steps = all.into_iter().enumerate().filter(|(n, statement)| is_step(n, statement));
    steps
        .map(|(_, statement)| {
            let found = check(&statement, &definitions);
            (statement, found)
        })
        .collect()
}

/// What the checker can't read: a piece of the block, and the reason. The list only shrinks.
const UNREAD: [(&str, &str); 10] = [
    (r"\frac{\partial J}{\partial W_{ij}}", "says what a derivative with respect to an entry is"),
    (r"R_1 A_{11}", "numbers, which nets/tests/all/by_hand.rs computes"),
    (r"\mathrm{softplus}(-z), \qquad", "a law of the logarithm, which a prime field doesn't have"),
    (r"p_k = \frac{e^{z_k}}", "says what p is"),
    (r"-\sum_k Y_k \ln p_k", "a law of the logarithm"),
    (r"J(W \pm \varepsilon)", "a series"),
    (r"\le 0", "holds for the step dW = −η ∇W of the sentence before it"),
    (r"d^2\, \mathrm{lse}(z)", "a second differential"),
    (r"dJ = \nabla z^{(3)} \cdot M_3", "a sketch of three layers"),
    (r"^2 \approx \tfrac12 H", "true on average"),
];

/// Matrices of numbers are computed by `nets/tests/all/by_hand.rs`.
const NUMBERS_BY_HAND: &str = "pmatrix";

#[test]
fn every_step_is_true() {
    let (mut complaints, mut checked, mut used) = (Vec::new(), 0, BTreeSet::new());
    for page in PAGES {
        for (statement, found) in steps(&File::read(Path::new(ROOT), page).unwrap()) {
            if statement.text.contains(NUMBERS_BY_HAND) && found.is_err() {
                continue;
            }
            let listed = UNREAD.iter().position(|(piece, _)| statement.text.contains(piece));
            match (found, listed) {
                (Ok(true), None) => checked += 1,
                (Ok(true), Some(_)) => {}
                (_, Some(n)) => drop(used.insert(n)),
                (Ok(false), None) => complaints
                    .push(format!("{}: sides differ: {}", statement.place, statement.text)),
                (Err(error), None) => {
                    complaints.push(format!("{}: {error}: {}", statement.place, statement.text));
                }
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    let unused: Vec<_> =
        (0..UNREAD.len()).filter(|n| !used.contains(n)).map(|n| UNREAD[n]).collect();
    assert!(unused.is_empty(), "can be read now: {unused:?}");
    assert!(checked >= 20, "{checked}");
}

/// A transpose that is lost, a sign or a factor that is another one.
#[test]
fn changed_steps_are_refused() {
    let mut tried = 0;
    for page in PAGES {
        let file = File::read(Path::new(ROOT), page).unwrap();
        let true_before = steps(&file).iter().filter(|(_, found)| *found == Ok(true)).count();
        let places: BTreeSet<usize> = steps(&file)
            .into_iter()
            .filter(|(_, found)| *found == Ok(true))
            .flat_map(|(statement, _)| {
                let line: usize = statement.place.rsplit(':').next().unwrap().parse().unwrap();
                line - 1..line - 1 + statement.text.lines().count()
            })
            .collect();
        for at in places {
            for (old, new) in [
                ("^\\top", ""),
                (" + ", " - "),
                (" - ", " + "),
                ("\\cdot d", "* d"),
                ("(h - y)", "(y - h)"),
            ] {
                let line = &file.lines[at];
                let changed = line.replacen(old, new, 1);
                if changed == *line {
                    continue;
                }
                let mut file = file.clone();
                file.lines[at] = changed.clone();
                tried += 1;
                let still = steps(&file).iter().filter(|(_, found)| *found == Ok(true)).count();
                assert!(still < true_before, "{page}:{}: {changed}", at + 1);
            }
        }
    }
    assert!(tried >= 60, "{tried}");
}
