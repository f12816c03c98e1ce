//! [`Hurdle`]: what a pool has to earn before it is used.
#![expect(clippy::float_arithmetic, reason = "prices decide no amount")]

/// How the dual values what a pool earns, as a root `r`.
///
/// Without a cost per pool it is `r_+^2`. With a cost `g` it is `(r^2 - g)_+`, which has a kink at
/// `sqrt(g)`; Newton's method takes the smooth convex function
///
/// ```text
/// 0                              r <= a          a = g / b
/// b / (b - a) * (r - a)^2        a < r < b
/// r^2 - g                        b <= r
/// ```
///
/// instead, for some `b` above `sqrt(g)`: the nearer, the closer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hurdle {
    foot: f64,
    top: f64,
    cost: f64,
}

/// A value, half its derivative and half its second derivative.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pull {
    pub(crate) value: f64,
    pub(crate) force: f64,
    pub(crate) stiffness: f64,
    /// On which part of the function.
    pub(crate) kind: u64,
}

impl Hurdle {
    /// No cost per pool.
    pub(crate) const NONE: Self = Self { foot: 0.0, top: 0.0, cost: 0.0 };

    /// A cost, as a root, smoothed between two sides of it: `width` is above 1.
    pub(crate) fn new(root: f64, width: f64) -> Self {
        Self { foot: root / width, top: root * width, cost: root * root }
    }

    pub(crate) fn scale(&mut self, factor: f64) {
        self.foot *= factor;
        self.top *= factor;
        self.cost *= factor * factor;
    }

    #[inline]
    pub(crate) fn pull(&self, earned: f64) -> Pull {
        if earned <= self.foot {
            Pull { value: 0.0, force: 0.0, stiffness: 0.0, kind: 0 }
        } else if earned < self.top {
            let stiffness = self.top / (self.top - self.foot);
            let above = earned - self.foot;
            let force = stiffness * above;
            Pull { value: force * above, force, stiffness, kind: 1 }
        } else {
            let value = earned * earned - self.cost;
            Pull { value, force: earned, stiffness: 1.0, kind: 2 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_meet_smoothly_above_the_kink() {
        let hurdle = Hurdle::new(3.0, 1.5);
        for place in [2.0, 4.5] {
            let [before, after] = [-1e-9, 1e-9].map(|apart| hurdle.pull(place + apart));
            assert!((before.value - after.value).abs() < 1e-7);
            assert!((before.force - after.force).abs() < 1e-7);
        }
        assert!(hurdle.pull(3.0).value > 0.0);
        for (hurdle, earned, value) in
            [(hurdle, 5.0, 16.0), (Hurdle::NONE, 5.0, 25.0), (Hurdle::NONE, -5.0, 0.0)]
        {
            assert!((hurdle.pull(earned).value - value).abs() < 1e-12);
        }
    }
}
