//! The pieces of a formula.

use crate::letters::Letter;

/// A piece of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Node {
    /// A number; 𝟏 is the column of ones.
    Number(String),
    /// A letter or word with a name in the code: its name in TeX, its characters, and its class in the
    /// style sheet: `word`, `up` for upright, or nothing.
    Letter(String, String, &'static str),
    /// A sign, a bracket, a letter that is an index, or a function without a letter in the code: ln, max,
    /// tr, ∑.
    Symbol(Class, String),
    Text(String),
    /// An empty space of this width.
    Space(&'static str),
    Group(Vec<Node>),
    /// A bracket of another size.
    Big(&'static str, Box<Node>),
    Nabla(Box<Node>),
    Script {
        base: Box<Node>,
        primes: usize,
        sub: Option<Box<Node>>,
        sup: Option<Box<Node>>,
    },
    /// A fraction, and whether it is a small one.
    Fraction(bool, Box<Node>, Box<Node>),
    Root(Box<Node>),
    /// A matrix: rows of cells.
    Table(Vec<Vec<Vec<Node>>>),
}

/// The class of a piece, which decides the spaces around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Class {
    Ordinary,
    /// An index letter, or a sign that is set like one.
    Italic,
    Function,
    Binary,
    Relation,
    Open,
    Close,
    /// A bar, which opens and closes.
    Bar,
    Punctuation,
}

impl Node {
    /// Its class.
    pub fn class(&self) -> Class {
        match self {
            Node::Symbol(Class::Italic, _) => Class::Ordinary,
            Node::Symbol(Class::Bar, _) => Class::Close,
            Node::Symbol(class, _) => *class,
            Node::Letter(.., "up") => Class::Function,
            Node::Space(_) => Class::Punctuation,
            Node::Big(_, base) | Node::Script { base, .. } => base.class(),
            _ => Class::Ordinary,
        }
    }

    /// The letter that it is, with what belongs to its name: ∇, the layer, a prime.
    pub fn letter(&self) -> Option<Letter> {
        match self {
            Node::Letter(base, ..) => Some(Letter { base: base.clone(), ..Letter::default() }),
            Node::Nabla(of) => Some(Letter { nabla: true, ..of.letter()? }),
            Node::Script { base, primes, sub, sup } => {
                let layer = sup.as_deref().and_then(Node::layer).unwrap_or_default();
                let index = match sub.as_deref() {
                    Some(Node::Number(digit)) if digit.len() == 1 => digit.clone(),
                    _ => String::new(),
                };
                Some(Letter { prime: *primes > 0, layer, index, ..base.letter()? })
            }
            _ => None,
        }
    }

    /// The content of the brackets in an upper index that is a layer: 2, or l−1.
    fn layer(&self) -> Option<String> {
        let Node::Group(nodes) = self else { return None };
        let [Node::Symbol(Class::Open, _), inner @ .., Node::Symbol(Class::Close, _)] = &nodes[..]
        else {
            return None;
        };
        let text = inner.iter().map(|node| match node {
            Node::Number(text) | Node::Symbol(_, text) | Node::Letter(_, text, _) => text.as_str(),
            _ => "",
        });
        Some(text.collect())
    }
}
