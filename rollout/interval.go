package rollout

import "math"

// The intervals are two-sided: of many intervals of a level of 0.95, each from
// figures that are looked at once, 95 in 100 contain the true value.

// normal is the quantile z of the standard normal distribution with
// P(|Z| <= z) = level.
func normal(level float64) float64 { return math.Sqrt2 * math.Erfinv(level) }

// wilson is the score interval of a share of k in n.
// Wilson, Probable inference …, J. Am. Stat. Assoc. 22 (1927) 209–212.
func wilson(k, n int64, level float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	z, size := normal(level), float64(n)
	p := float64(k) / size
	center := (p + z*z/(2*size)) / (1 + z*z/size)
	half := z / (1 + z*z/size) * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	// At the ends the bound is the share itself, which rounding must not pass.
	return max(0, min(center-half, p)), min(1, max(center+half, p))
}

// estimate is a figure with its interval.
type estimate struct{ value, low, high float64 }

// difference is the interval of a - b from the intervals of each, squared and
// added. For shares with Wilson's intervals it is method 10 of Newcombe,
// Interval estimation for the difference between independent proportions, Stat.
// Med. 17 (1998) 873–890; for other figures see Zou and Donner, Construction of
// confidence limits about effect measures, Stat. Med. 27 (2008) 1693–1702.
func difference(a, b estimate) estimate {
	d := a.value - b.value
	return estimate{d, d - math.Hypot(a.value-a.low, b.high-b.value), d + math.Hypot(a.high-a.value, b.value-b.low)}
}

// ratio is the interval of a / b for positive figures: their difference in
// logarithms (Donner and Zou, Closed-form confidence intervals for functions of
// the normal mean and standard deviation, Stat. Methods Med. Res. 21 (2012)).
func ratio(a, b estimate) estimate {
	d, r := difference(a.log(), b.log()), a.value/b.value
	return estimate{r, min(r, math.Exp(d.low)), max(r, math.Exp(d.high))} // rounding must not pass the ratio
}

func (e estimate) log() estimate {
	return estimate{math.Log(e.value), math.Log(e.low), math.Log(e.high)}
}

// ranks are the shares of values between which the true quantile q of n values
// lies: those of the order statistics that the binomial distribution, taken as
// normal, allows. A share beyond 0 or 1 means that there is no bound.
// Hahn and Meeker, Statistical Intervals (1991), section 5.2.
func ranks(q float64, n int64, level float64) (low, high float64) {
	half := normal(level) * math.Sqrt(q*(1-q)/float64(n))
	return q - half, q + half
}

// mean is the interval of a mean of n values with a sample variance (Student's t).
func mean(value, variance float64, n int64, level float64) estimate {
	if n < 2 {
		return estimate{value, math.Inf(-1), math.Inf(1)}
	}
	half := student(level, float64(n-1)) * math.Sqrt(variance/float64(n))
	return estimate{value, value - half, value + half}
}

// welch is the interval of the difference of two means whose variances need not
// be equal. Welch, The generalization of "Student's" problem …, Biometrika 34
// (1947) 28–35, with Satterthwaite's degrees of freedom.
func welch(mean1, var1 float64, n1 int64, mean2, var2 float64, n2 int64, level float64) estimate {
	d := mean1 - mean2
	if n1 < 2 || n2 < 2 {
		return estimate{d, math.Inf(-1), math.Inf(1)}
	}
	a, b := var1/float64(n1), var2/float64(n2)
	if a+b == 0 { // all values of each arm are equal
		return estimate{d, d, d}
	}
	df := (a + b) * (a + b) / (a*a/float64(n1-1) + b*b/float64(n2-1))
	half := student(level, df) * math.Sqrt(a+b)
	return estimate{d, d - half, d + half}
}

// student is the quantile t of Student's distribution with P(|T| <= t) = level.
func student(level, df float64) float64 {
	z := normal(level)
	if df > 1e5 { // two terms of the expansion in 1/df; Abramowitz and Stegun 26.7.5
		return z + (z*z*z+z)/(4*df)
	}
	low, high := z, 2*z // t is larger than z
	for studentTail(high, df) > 1-level {
		low, high = high, 2*high
	}
	for range 60 {
		if mid := (low + high) / 2; studentTail(mid, df) > 1-level {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// studentTail is P(|T| > t), an incomplete beta function (Abramowitz and Stegun
// 26.7.1), of which the continued fraction 26.5.8 is worked out by Lentz's method.
func studentTail(t, df float64) float64 {
	a, b, x := df/2, 0.5, df/(df+t*t)
	if x > (a+1)/(a+b+2) { // where the fraction converges slowly, that of 1-x does not
		return 1 - beta(b, a, 1-x)
	}
	return beta(a, b, x)
}

func beta(a, b, x float64) float64 {
	if x <= 0 {
		return 0
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab - la - lb + a*math.Log(x) + b*math.Log1p(-x))
	const tiny, enough = 1e-300, 1e-15
	f, c, d := 1.0, 1.0, 0.0
	for i := range 5000 {
		m := float64(i / 2)
		term := 1.0
		switch {
		case i == 0:
		case i%2 == 0:
			term = m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		default:
			term = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		if d = 1 + term*d; math.Abs(d) < tiny {
			d = tiny
		}
		if c = 1 + term/c; math.Abs(c) < tiny {
			c = tiny
		}
		d = 1 / d
		f *= c * d
		if math.Abs(1-c*d) < enough {
			break
		}
	}
	return front * (f - 1) / a
}

// chiSquared is P(X > x) of the chi-squared distribution with whole degrees of
// freedom: the recurrence of the incomplete gamma function, Abramowitz and
// Stegun 26.4.4 and 26.4.5.
func chiSquared(x float64, df int) float64 {
	if x <= 0 {
		return 1
	}
	p, k := math.Exp(-x/2), 2
	if df%2 == 1 {
		p, k = math.Erfc(math.Sqrt(x/2)), 1
	}
	for ; k < df; k += 2 {
		lg, _ := math.Lgamma(float64(k)/2 + 1)
		p += math.Exp(float64(k)/2*math.Log(x/2) - x/2 - lg)
	}
	return min(p, 1)
}
