"""PyTorch, native, one thread."""
import torch
from protocol import serve
from torch import nn

torch.set_num_threads(1)
torch.set_num_interop_threads(1)


def set_lstm(lstm, weights):
    """Keras' kernel [C, 4H], recurrent kernel [H, 4H], bias [4H], for each direction; the gates have the same order."""
    for direction, suffix in enumerate(["_l0", "_l0_reverse"][: len(weights) // 3]):
        kernel, recurrent, bias = weights[3 * direction : 3 * direction + 3]
        getattr(lstm, "weight_ih" + suffix).data.copy_(torch.from_numpy(kernel.T.copy()))
        getattr(lstm, "weight_hh" + suffix).data.copy_(torch.from_numpy(recurrent.T.copy()))
        getattr(lstm, "bias_ih" + suffix).data.copy_(torch.from_numpy(bias))
        # Keras has one bias: PyTorch's second one stays zero.
        getattr(lstm, "bias_hh" + suffix).requires_grad_(False).zero_()


def set_linear(linear, kernel, bias):
    linear.weight.data.copy_(torch.from_numpy(kernel.T.copy()))
    linear.bias.data.copy_(torch.from_numpy(bias))


class Regression(nn.Module):
    def __init__(self, problem):
        super().__init__()
        self.lstm = nn.LSTM(problem["C"], problem["H"], batch_first=True)
        self.out = nn.Linear(problem["H"], 1)
        set_lstm(self.lstm, problem["weights"][:3])
        set_linear(self.out, *problem["weights"][3:])

    def forward(self, x):
        return self.out(self.lstm(x)[0])


class Sentiment(nn.Module):
    def __init__(self, problem):
        super().__init__()
        C, H, weights = problem["C"], problem["H"], problem["weights"]
        self.embedding = nn.Embedding(problem["V"], C)
        self.lstm = nn.LSTM(C, H, batch_first=True, bidirectional=True)
        self.hidden = nn.Linear(2 * H, H)
        self.out = nn.Linear(H, 1)
        self.embedding.weight.data.copy_(torch.from_numpy(weights[0]))
        set_lstm(self.lstm, weights[1:7])
        set_linear(self.hidden, *weights[7:9])
        set_linear(self.out, *weights[9:11])

    def forward(self, x):
        _, (h, _) = self.lstm(self.embedding(x))
        features = torch.cat([h[0], h[1]], dim=1)
        return torch.sigmoid(self.out(torch.relu(self.hidden(features))))


class Last(nn.Module):
    def __init__(self, problem):
        super().__init__()
        self.lstm = nn.LSTM(problem["C"], problem["H"], batch_first=True)
        set_lstm(self.lstm, problem["weights"])

    def forward(self, x):
        return self.lstm(x)[0][:, -1]


MODELS = {"regression": Regression, "sentiment": Sentiment, "stream": Last}


def trainer(model, problem, x):
    y = torch.from_numpy(problem["y"])
    measure = nn.BCELoss() if problem["kind"] == "sentiment" else nn.MSELoss()
    # Fused is the fastest of PyTorch's Adams; an epsilon that makes no difference.
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-3, eps=1e-12, fused=True)

    def run(calls):
        for _ in range(calls):
            optimizer.zero_grad()
            loss = measure(model(x), y)
            loss.backward()
            optimizer.step()
        return None, loss.item()

    return run


def stepper(model, problem, x):
    T = problem["T"]
    rows = [x[:, t : t + 1] for t in range(T)]
    at = 0
    state = None

    def run(calls):
        nonlocal at, state
        with torch.inference_mode():
            for _ in range(calls):
                _, state = model.lstm(rows[at % T], state)
                state[0].numpy()
                at += 1
        return None, None

    run(T)
    return state[0].numpy(), run


def load(task, problem):
    model = MODELS[problem["kind"]](problem)
    x = torch.from_numpy(problem["x"])
    if task == "step":
        return stepper(model, problem, x)
    with torch.inference_mode():
        prediction = model(x).numpy()
    if task == "train":
        return prediction, trainer(model, problem, x)

    def run(calls):
        with torch.inference_mode():
            for _ in range(calls):
                model(x).numpy()
        return None, None

    return prediction, run


serve({"torch": torch.__version__, "cpu": torch.backends.cpu.get_cpu_capability()}, load)
