//! [`Elimination`]: sparse symmetric systems, as prices of tokens make them.
#![expect(
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "prices decide no amount, and every place is below the number of unknowns"
)]

/// A symmetric positive definite system `M z = b` with few neighbours for most unknowns, solved by
/// elimination: first, again and again, whoever has at most [`FEW`] neighbours left, then what
/// remains as a dense matrix.
///
/// Pools join tokens into trees hung on a few hubs, of which the first phase leaves the hubs: its
/// time is linear in the number of pools. Unknowns with [`MANY`] neighbours are kept for the
/// second phase from the beginning, and nobody looks through their neighbours.
#[derive(Debug, Clone, Default)]
pub(crate) struct Elimination {
    diagonal: Vec<f64>,
    right: Vec<[f64; 2]>,
    /// The right sides as they were given.
    given: Vec<[f64; 2]>,
    /// The pairs that are joined, and minus the entry that joins them.
    joined: Vec<(usize, usize, f64)>,
    /// How many neighbours each unknown has in the beginning.
    degrees: Vec<usize>,
    /// For each unknown that is no hub its neighbours and minus the entry that joins them.
    neighbours: Vec<Vec<(usize, f64)>>,
    /// Unknowns that the first phase took, in order.
    taken: Vec<usize>,
    next: Vec<usize>,
    /// What is left for the second phase, the hubs first.
    core: Vec<usize>,
    /// Where each unknown stands in the core.
    places: Vec<usize>,
    hubs: usize,
    /// Joins of two hubs.
    between_hubs: Vec<f64>,
    /// The upper triangle of the core, row by row.
    dense: Vec<f64>,
}

/// Neighbours of an unknown that is eliminated in the first phase.
const FEW: usize = 4;

/// Neighbours of an unknown that is not.
const MANY: usize = 24;

/// Unknowns with many neighbours from which on nothing is eliminated.
const DENSE: usize = 96;

/// How close conjugate gradients come, relatively, and in how many steps at most.
const CLOSE: f64 = 1e-5;
const APPROACHES: usize = 200;

/// Systems up to this size go to the second phase as they are.
const SMALL: usize = 24;

/// The place of what is not in the core, or not yet.
const NOWHERE: usize = usize::MAX;

/// The place of what was eliminated.
const TAKEN: usize = usize::MAX - 1;

impl Elimination {
    /// A system of so many unknowns, all zero.
    pub(crate) fn clear(&mut self, unknowns: usize) {
        self.diagonal.clear();
        self.diagonal.resize(unknowns, 0.0);
        self.right.clear();
        self.right.resize(unknowns, [0.0; 2]);
        self.degrees.clear();
        self.degrees.resize(unknowns, 0);
        self.joined.clear();
    }

    pub(crate) fn add_diagonal(&mut self, at: usize, value: f64) {
        self.diagonal[at] += value;
    }

    pub(crate) fn diagonal(&self, at: usize) -> f64 {
        self.diagonal[at]
    }

    pub(crate) fn add_right(&mut self, at: usize, value: f64) {
        self.right[at][0] += value;
    }

    /// Asks for the solution of a second system too, of which the right side is one at a place.
    pub(crate) fn set_second(&mut self, at: usize) {
        self.right[at][1] = 1.0;
    }

    /// Makes an unknown zero; nothing may join it.
    pub(crate) fn fix(&mut self, at: usize) {
        (self.diagonal[at], self.right[at]) = (0.0, [0.0; 2]);
    }

    /// Joins two unknowns that nothing has joined yet by an entry `-value`.
    pub(crate) fn join(&mut self, a: usize, b: usize, value: f64) {
        self.joined.push((a, b, value));
        self.degrees[a] += 1;
        self.degrees[b] += 1;
    }

    /// Solves the system for both right sides; an unknown without equation, whose diagonal is zero,
    /// is zero.
    ///
    /// Where many unknowns have many neighbours elimination would join them all: there the method
    /// of conjugate gradients comes close enough.
    pub(crate) fn solve(&mut self, solution: &mut Vec<[f64; 2]>) {
        self.given.clone_from(&self.right);
        solution.clear();
        solution.resize(self.diagonal.len(), [0.0; 2]);
        let hubs = self.degrees.iter().filter(|degree| MANY < **degree).count();
        if DENSE < hubs {
            self.approach::<0>(solution);
            if self.right.iter().any(|[_, second]| *second != 0.0) {
                self.approach::<1>(solution);
            }
            return;
        }
        self.choose_hubs();
        self.list_neighbours();
        self.take_leaves();
        self.fill_core();
        self.solve_core();
        for at in &self.core {
            solution[*at] = self.right[*at];
        }
        for at in self.taken.iter().rev().copied() {
            let mut sum = self.right[at];
            for (to, value) in &self.neighbours[at] {
                sum = added(sum, *value, solution[*to]);
            }
            solution[at] = sum.map(|sum| quotient(sum, self.diagonal[at]));
        }
    }

    /// `b' z` for the first right side `b`.
    pub(crate) fn product(&self, solution: &[f64]) -> f64 {
        self.given.iter().zip(solution).map(|([right, _], value)| right * value).sum()
    }

    /// Conjugate gradients, preconditioned by the diagonal.
    fn approach<const SIDE: usize>(&self, solution: &mut [[f64; 2]]) {
        let mut rest = self.given.iter().map(|right| right[SIDE]).collect::<Vec<_>>();
        let scaled = |rest: &[f64]| -> Vec<f64> {
            rest.iter()
                .zip(&self.diagonal)
                .map(|(rest, diagonal)| quotient(*rest, *diagonal))
                .collect()
        };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut towards = scaled(&rest);
        let mut energy = dot(&rest, &towards);
        let enough = energy * CLOSE * CLOSE;
        let mut image = vec![0.0; rest.len()];
        for _ in 0..APPROACHES {
            if energy <= enough {
                break;
            }
            for ((image, towards), diagonal) in image.iter_mut().zip(&towards).zip(&self.diagonal) {
                *image = towards * diagonal;
            }
            for (a, b, value) in self.joined.iter().copied() {
                image[a] -= value * towards[b];
                image[b] -= value * towards[a];
            }
            let length = quotient(energy, dot(&towards, &image));
            for (place, towards) in solution.iter_mut().zip(&towards) {
                place[SIDE] += length * towards;
            }
            for (rest, image) in rest.iter_mut().zip(&image) {
                *rest -= length * image;
            }
            let direct = scaled(&rest);
            let before = core::mem::replace(&mut energy, dot(&rest, &direct));
            let turn = quotient(energy, before);
            for (towards, direct) in towards.iter_mut().zip(&direct) {
                *towards = direct + turn * *towards;
            }
        }
    }

    /// Begins the core: whoever has many neighbours, or everybody where there are few unknowns.
    fn choose_hubs(&mut self) {
        let unknowns = self.diagonal.len();
        self.core.clear();
        self.places.clear();
        self.places.resize(unknowns, NOWHERE);
        for at in 0..unknowns {
            if unknowns <= SMALL || MANY < self.degrees[at] {
                self.places[at] = self.core.len();
                self.core.push(at);
            }
        }
        self.hubs = self.core.len();
        self.between_hubs.clear();
        self.between_hubs.resize(self.hubs * self.hubs, 0.0);
    }

    fn list_neighbours(&mut self) {
        let unknowns = self.diagonal.len();
        if self.neighbours.len() < unknowns {
            self.neighbours.resize_with(unknowns, Vec::new);
        }
        self.neighbours.iter_mut().take(unknowns).for_each(Vec::clear);
        for (a, b, value) in self.joined.iter().copied() {
            let hubs = [a, b].map(|at| self.places[at]);
            if let [Some(x), Some(y)] = hubs.map(|place| (place < self.hubs).then_some(place)) {
                self.between_hubs[x.min(y) * self.hubs + x.max(y)] += value;
                continue;
            }
            for (from, to) in [(a, b), (b, a)] {
                if self.places[from] == NOWHERE {
                    self.neighbours[from].push((to, value));
                }
            }
        }
    }

    /// Eliminates whoever has few neighbours, until nobody has.
    fn take_leaves(&mut self) {
        let unknowns = self.diagonal.len();
        self.taken.clear();
        let mut next = core::mem::take(&mut self.next);
        next.extend((0..unknowns).rev().filter(|at| self.is_leaf(*at)));
        while let Some(at) = next.pop() {
            if self.is_leaf(at) {
                self.take(at, &mut next);
            }
        }
        self.next = next;
        for at in 0..unknowns {
            if self.places[at] == NOWHERE {
                self.places[at] = self.core.len();
                self.core.push(at);
            }
        }
    }

    fn is_leaf(&self, at: usize) -> bool {
        self.places[at] == NOWHERE && self.neighbours[at].len() <= FEW
    }

    /// Eliminates one unknown: its neighbours become neighbours of each other.
    fn take(&mut self, at: usize, next: &mut Vec<usize>) {
        self.places[at] = TAKEN;
        self.taken.push(at);
        let joined = core::mem::take(&mut self.neighbours[at]);
        for (index, (from, value)) in joined.iter().enumerate() {
            let factor = quotient(*value, self.diagonal[at]);
            self.diagonal[*from] -= factor * value;
            self.right[*from] = added(self.right[*from], factor, self.right[at]);
            if self.places[*from] == NOWHERE {
                self.neighbours[*from].retain(|(to, _)| *to != at);
                if self.is_leaf(*from) {
                    next.push(*from);
                }
            }
            for (to, other) in &joined[..index] {
                self.tie(*from, *to, factor * other);
            }
        }
        self.neighbours[at] = joined;
    }

    /// Adds to what joins two unknowns.
    fn tie(&mut self, a: usize, b: usize, value: f64) {
        let [x, y] = [a, b].map(|at| self.places[at]);
        if x < self.hubs && y < self.hubs {
            self.between_hubs[x.min(y) * self.hubs + x.max(y)] += value;
            return;
        }
        for (from, to) in [(a, b), (b, a)] {
            if self.places[from] == NOWHERE {
                let list = &mut self.neighbours[from];
                match list.iter_mut().find(|(there, _)| *there == to) {
                    Some((_, sum)) => *sum += value,
                    None => list.push((to, value)),
                }
            }
        }
    }

    fn fill_core(&mut self) {
        let size = self.core.len();
        self.dense.clear();
        self.dense.resize(size * size, 0.0);
        for (row, at) in self.core.iter().copied().enumerate() {
            self.dense[row * size + row] = self.diagonal[at];
            if row < self.hubs {
                for column in row + 1..self.hubs {
                    self.dense[row * size + column] = -self.between_hubs[row * self.hubs + column];
                }
            } else {
                for (to, value) in &self.neighbours[at] {
                    let column = self.places[*to];
                    self.dense[row.min(column) * size + row.max(column)] = -value;
                }
            }
        }
    }

    /// Solves what is left by `L D L'`; the solution takes the place of the right side.
    fn solve_core(&mut self) {
        let size = self.core.len();
        for pivot in 0..size {
            let (above, below) = self.dense.split_at_mut((pivot + 1) * size);
            let top = &above[pivot * size..];
            let right = self.right[self.core[pivot]];
            for row in pivot + 1..size {
                if top[row] != 0.0 {
                    let factor = quotient(top[row], top[pivot]);
                    let at = self.core[row];
                    self.right[at] = added(self.right[at], -factor, right);
                    let start = (row - pivot - 1) * size;
                    let cells = &mut below[start + row..start + size];
                    for (cell, value) in cells.iter_mut().zip(&top[row..size]) {
                        *cell -= factor * value;
                    }
                }
            }
        }
        for row in (0..size).rev() {
            let cells = &self.dense[row * size..(row + 1) * size];
            let mut rest = self.right[self.core[row]];
            for (cell, at) in cells.iter().zip(&self.core).skip(row + 1) {
                rest = added(rest, -cell, self.right[*at]);
            }
            self.right[self.core[row]] = rest.map(|rest| quotient(rest, cells[row]));
        }
    }
}

/// A multiple of two numbers, added to two others.
fn added([a, b]: [f64; 2], factor: f64, [x, y]: [f64; 2]) -> [f64; 2] {
    [a + factor * x, b + factor * y]
}

/// The quotient, or nothing where rounding has left no divisor.
fn quotient(dividend: f64, divisor: f64) -> f64 {
    if divisor > 0.0 { dividend / divisor } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Systems of a random graph are solved to a small residual, whatever their shape.
    #[test]
    fn a_solution_satisfies_its_equations() {
        for unknowns in [1, 2, 7, 30, 90] {
            for degree in [1, 3, 12] {
                let mut state = 7_u32;
                let mut number = move || {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    state >> 8
                };
                let mut random = || usize::try_from(number()).unwrap();
                let mut edges = (1..unknowns).map(|at| (random() % at, at)).collect::<Vec<_>>();
                for _ in 0..unknowns * degree / 2 {
                    let (a, b) = (random() % unknowns, random() % unknowns);
                    if a < b && !edges.contains(&(a, b)) {
                        edges.push((a, b));
                    }
                }
                let weights = edges.iter().map(|_| f64::from(1 + number() % 1000));
                let weights = weights.collect::<Vec<_>>();
                let right = (0..unknowns).map(|_| f64::from(number())).collect::<Vec<_>>();
                let mut system = Elimination::default();
                system.clear(unknowns);
                system.add_diagonal(0, 1.0);
                for ((a, b), weight) in edges.iter().zip(&weights) {
                    system.add_diagonal(*a, *weight);
                    system.add_diagonal(*b, *weight);
                    system.join(*a, *b, *weight);
                }
                for (at, value) in right.iter().enumerate() {
                    system.add_right(at, *value);
                }
                let mut solution = Vec::new();
                system.set_second(unknowns - 1);
                system.solve(&mut solution);
                let [first, second] =
                    [0, 1].map(|side| solution.iter().map(|both| both[side]).collect::<Vec<_>>());
                let solution = first;
                assert!(second[unknowns - 1] > 0.0);
                let mut residual = right.clone();
                residual[0] -= solution[0];
                for ((a, b), weight) in edges.iter().zip(&weights) {
                    residual[*a] -= weight * (solution[*a] - solution[*b]);
                    residual[*b] -= weight * (solution[*b] - solution[*a]);
                }
                let scale = right.iter().sum::<f64>();
                let worst = residual.iter().fold(0.0_f64, |worst, rest| worst.max(rest.abs()));
                assert!(worst < 1e-6 * scale, "{unknowns} {degree}: {worst}");
            }
        }
    }
}
