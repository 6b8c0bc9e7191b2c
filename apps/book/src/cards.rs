//! A card for each letter: its name on paper and in Rust, its shape, what it is, and the equations that
//! compute it. One table adds what the formulas and the files do not say.

use crate::Error;
use crate::equations::{Tag, stated};
use crate::html::escape;
use crate::site::{Card, Equation, Page, Site};
use crate::tex::Node;
use std::collections::BTreeSet;

const EACH: &str = "a function of each entry";

/// Chapter, or none for all; name in Rust, with # for the layer; meaning; shape, empty if the file
/// says it; the equation that computes it, if it is on another page, or `given`.
const WORDS: &[(Option<u32>, &str, &str, &str, &str)] = &[
    (None, "n", "the number of samples", "a number", "given"),
    (None, "m", "the number of samples", "a number", "given"),
    (None, "x", "the samples, one in each row", "N × D", "given"),
    (None, "a0", "the samples, one in each row", "N × D", "given"),
    (Some(1), "a0", "the samples, one in each row", "m × D", "given"),
    (None, "y", "the labels: the desired output", "N × K", "given"),
    (Some(1), "y", "the labels: the desired output", "m × K", "given"),
    (None, "w#", "the weights of layer #", "", "given"),
    (None, "b#", "the bias of layer #", "", "given"),
    (None, "z#", "the pre-activations of layer #", "", ""),
    (None, "a#", "the activations of layer #", "", ""),
    (None, "w", "the weights", "", "given"),
    (None, "b", "the bias", "", "given"),
    (None, "z", "the pre-activations", "", ""),
    (None, "probs", "the output: a probability for each class", "", ""),
    (Some(1), "h", "the output: the probability of the label 1", "", ""),
    (None, "loss", "J, which training minimises: data loss and regulariser", "a number", ""),
    (Some(0), "loss", "J, which training minimises", "a number", "given"),
    (None, "data_loss", "the mean cross-entropy of the samples", "a number", ""),
    (None, "reg_loss", "the regulariser: a penalty on large weights", "a number", ""),
    (None, "eta", "the learning rate: how far a step goes", "a number", "given"),
    (None, "lambda", "the strength of the regulariser", "a number", "given"),
    (None, "relu", "max(0, z), the rectifier", EACH, "0.3"),
    (None, "relu_prime", "the derivative of relu: 1 from 0 on, else 0", EACH, "0.4"),
    (None, "sigmoid", "turns a number into a probability", EACH, "0.1"),
    (None, "softplus", "ln(1 + eᶻ): the loss of one answer", EACH, "0.2"),
    (None, "softmax_of_rows", "turns scores into probabilities", "a function of each row", "0.5"),
    (None, "log_sum_exp", "the logarithm of a sum of powers", "a function of a row", "0.6"),
    (None, "cross_entropy", "the mean cross-entropy of scores and labels", "a number", "0.7"),
    (Some(0), "z", "the scores", "a number, or a row of K", "given"),
    (Some(0), "p", "the probabilities", "a row of K", ""),
    (Some(0), "true_score", "the score of the true class", "a number", "0.7"),
    (Some(0), "w", "the weights that the loss depends on", "any", "given"),
    (Some(0), "epsilon", "how far an entry is moved", "a number", "given"),
    (Some(4), "w", "the weights of a layer, before the first step", "inputs × outputs", ""),
    (Some(4), "b", "the bias of a layer, before the first step", "1 × outputs", ""),
    (Some(4), "g", "drawn from the normal distribution for each entry", "a number", "given"),
    (Some(4), "inputs", "how many inputs the layer has", "a number", "given"),
    (Some(5), "w", "the weights of layer l", "Hₗ₋₁ × Hₗ", "given"),
    (Some(5), "b", "the bias of layer l", "1 × Hₗ", "given"),
    (Some(5), "z", "the pre-activations of layer l", "", ""),
    (Some(5), "a", "the activations of layer l", "", ""),
    (Some(9), "p", "the share of right answers", "a number", "given"),
    (Some(9), "error", "the standard error of p", "a number", ""),
    (Some(8), "w", "the weights of a layer, or its bias", "any", "given"),
    (Some(8), "b", "the bias", "1 × K", "given"),
    (Some(8), "g", "the gradient of J with respect to w", "that of w", ""),
    (Some(8), "c#", "a curvature of J", "a number", "given"),
    (Some(8), "root#", "the square root of a curvature", "a number", "given"),
    (Some(8), "mu", "the share of the velocity that is kept", "a number", "given"),
    (Some(8), "v", "the velocity: gradients of the steps before", "that of w", "given"),
    (Some(8), "m", "the mean of g so far", "that of w", "given"),
    (Some(8), "s", "the mean of g² so far", "that of w", "given"),
    (Some(8), "beta#", "the share of a mean that is kept: 0.9 and 0.999", "a number", "given"),
    (Some(8), "part#", "1 − βᵗ, the bias correction", "a number", "given"),
    (Some(8), "tiny", "10⁻⁸, against a division by 0", "a number", "given"),
    (Some(8), "step", "how far each entry moves", "that of w", ""),
    (Some(8), "u", "the direction in which W moves", "D × K", "given"),
    (Some(8), "r", "the direction in which b moves", "1 × K", "given"),
    (Some(8), "q", "how fast the scores change in the direction", "N × K", ""),
    (Some(8), "mean", "the mean of q in each row", "N × K", ""),
    (Some(8), "rise", "how fast the probabilities change", "N × K", ""),
    (Some(8), "probs", "the probabilities of chapter 2", "N × K", "2.2"),
    (Some(8), "h", "the second derivatives of J, times the direction", "D × K and 1 × K", "8.15"),
    (Some(8), "dw", "the gradient of the data loss with respect to w", "that of w", "given"),
];

/// The cards of a page: of each letter in its numbered equations, and of those among its other letters
/// that the table has.
pub(crate) fn cards(site: &Site<'_>, page: &Page<'_>) -> Result<Vec<Card>, Error> {
    let mut cards: Vec<Card> = Vec::new();
    for (tag, equation) in site.equations_of(page) {
        for (name, paper) in &equation.row.letters {
            match cards.iter_mut().find(|card| card.name == *name) {
                // The shortest form is W of layer l, and not of l − 1.
                Some(card) if paper.len() <= card.paper.len() => card.paper.clone_from(paper),
                Some(_) => {}
                None => cards.push(card(site, page, name, paper).map_err(|missing| {
                    let line = page.file.lines.iter().position(|line| stated(line) == Some(tag));
                    let found = format!("({tag}) with no {missing} of {name}");
                    let expected = "a row of the table in src/cards.rs that says it";
                    page.file.error(line.map_or(0, |i| i + 1), found, expected)
                })?),
            }
        }
    }
    for name in &page.letters {
        if !cards.iter().any(|card| card.name == *name) {
            cards.extend(card(site, page, name, &format!("<mtext>{}</mtext>", escape(name))));
        }
    }
    Ok(cards)
}

fn card(site: &Site<'_>, page: &Page<'_>, name: &str, paper: &str) -> Result<Card, &'static str> {
    let layer = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let general = format!("{}#", &name[..name.len() - layer.len()]);
    let row = |wanted: &str| {
        let of = |chapter| WORDS.iter().find(|row| row.1 == wanted && row.0 == chapter);
        of(page.chapter).or_else(|| of(None))
    };
    let found = row(name).or_else(|| row(&general).filter(|_| !layer.is_empty()));
    let mut made = made(site, page, name);
    let Some((_, _, word, shape, made_by)) = found else {
        // A gradient is described by the letter that it is the gradient of.
        let of = card(site, page, name.strip_prefix('d').ok_or("word")?, paper)?;
        let what = of.word.split([',', ':']).next().unwrap_or(&of.word);
        let word = format!("the gradient with respect to {what}");
        return match made.is_empty() {
            true => Err("equation"),
            false => Ok(Card { name: name.into(), word, made, given: false, ..of }),
        };
    };
    let (shape_there, word_there) = field(site, page, name).unwrap_or_default();
    let mut word = word.replace('#', layer);
    if !word_there.is_empty() {
        word += &format!(": {word_there}");
    }
    let shape = if shape.is_empty() { shape_there } else { (*shape).into() };
    let given = *made_by == "given";
    if made.is_empty() {
        made.extend(Tag::parse(made_by));
    }
    if shape.is_empty() {
        Err("shape")
    } else if made.is_empty() && !given {
        Err("equation")
    } else {
        Ok(Card { name: name.into(), paper: paper.into(), shape, word, made, given })
    }
}

/// The equations of the page that state or change a letter.
fn made(site: &Site<'_>, page: &Page<'_>, name: &str) -> BTreeSet<Tag> {
    let of = |equation: &Equation| {
        let letter = equation.row.nodes.first().and_then(Node::letter);
        letter.is_some_and(|letter| letter.rust_name() == name)
    };
    site.equations_of(page).filter(|(_, equation)| of(equation)).map(|(tag, _)| tag).collect()
}

/// Shape and meaning of a letter, from the comment on its field in a file that computes equations
/// of the page: `/// z¹, N × H: the scores.` above `pub z1: …`.
fn field(site: &Site<'_>, page: &Page<'_>, name: &str) -> Option<(String, String)> {
    let sources: BTreeSet<usize> = site.equations_of(page).map(|(_, of)| of.line.0).collect();
    let start = format!("pub {name}: ");
    let doc = sources.into_iter().find_map(|source| {
        let lines = &site.files.sources[source].lines;
        let at = lines.iter().position(|line| line.trim_start().starts_with(&start))?;
        lines.get(at.checked_sub(1)?)
    })?;
    let (_, doc) = doc.trim_end_matches('.').split_once(", ")?;
    let (shape, word) = doc.split_once(": ").unwrap_or((doc, ""));
    Some((shape.split(',').next()?.into(), word.into()))
}

impl Card {
    /// The card as HTML. The script shows it and fills in the numbers.
    pub(crate) fn html(&self, href: &dyn Fn(Tag) -> String) -> String {
        let links = self.made.iter().map(|tag| format!("<a href=\"{}\">({tag})</a>", href(*tag)));
        let links = links.collect::<Vec<_>>().join(", ");
        let made = match (self.made.is_empty(), self.given) {
            (true, _) => "given".into(),
            (_, true) => format!("changed by {links}"),
            _ => format!("made by {links}"),
        };
        let Self { name, paper, shape, word, .. } = self;
        let word = escape(word);
        format!(
            "<template data-shape=\"{shape}\" data-word=\"{word}\" id=\"card-{name}\"><p><math>{paper}</math> <code>{name}</code> {shape}<span class=\"size\"></span></p>\
             <p>{word}, {made}</p></template>\n",
        )
    }
}
