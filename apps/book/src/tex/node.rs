//! The pieces of a formula.

use crate::letters::Letter;

/// A piece of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Node {
    Number(String),
    /// What has a name of its own in the code: its name in TeX, how it is written, and how it is set.
    Letter(String, String, Set),
    /// A sign, a bracket, or a letter that only counts.
    Symbol(Class, String),
    /// The name of a function that the code has no letter for: ln, max, tr.
    Function(String),
    /// ∑.
    Sum,
    /// The column of ones.
    Ones,
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
    /// A matrix or cases: rows of cells.
    Table(&'static str, Vec<Vec<Vec<Node>>>),
}

/// How a letter is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Set {
    Letter,
    Word,
    Upright,
}

/// How a piece joins its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Class {
    Ordinary,
    /// A letter that counts, or a sign that is set like one.
    Italic,
    Function,
    Binary,
    Relation,
    Open,
    Close,
    /// A bar, which opens and closes.
    Bar,
    Punctuation,
    Space,
}

impl Node {
    /// How it joins its neighbours.
    pub fn class(&self) -> Class {
        match self {
            Node::Symbol(Class::Italic, _) => Class::Ordinary,
            Node::Symbol(Class::Bar, _) => Class::Close,
            Node::Symbol(class, _) => *class,
            Node::Letter(.., Set::Upright) | Node::Function(_) | Node::Sum => Class::Function,
            Node::Space(_) => Class::Space,
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

    /// What stands in the brackets of an upper index that is a layer: 2, or l−1.
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
